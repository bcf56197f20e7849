// Generic interrupt controller, version 2 (IHI 0048) or 3 (IHI 0069): all interrupts have one priority, as handlers do not nest.
#include "kernel.h"

enum { GICD_CTLR = 0, GICD_IGROUPR = 0x80, GICD_ISENABLER = 0x100, GICD_ICENABLER = 0x180, GICD_IPRIORITYR = 0x400, GICD_ITARGETSR = 0x800, GICD_ICFGR = 0xc00 };
enum { GICD_IROUTER = 0x6000, GICC_CTLR = 0, GICC_PMR = 4, GICC_IAR = 12, GICC_EOIR = 16 };
enum { GICR_TYPER = 8, GICR_WAKER = 0x14, GICR_FRAME = 0x20000, GICR_SGI = 0x10000, GICR_TYPER_LAST = 1 << 4 };
enum { PRIORITY = 0xa0 };

static struct range distributor, cpu_interface;
// Of this core; 0: version 2.
static uintptr_t redistributor;

static uint64_t affinity(void) { return read_sysreg(mpidr_el1) & 0xff00ffffff; }

static uintptr_t find_redistributor(struct range frames) {
    const uint64_t mpidr = affinity();
    const uint32_t wanted = (uint32_t)(mpidr >> 8 & 0xff000000) | (uint32_t)(mpidr & 0xffffff);
    for (uintptr_t frame = frames.base; frame < frames.base + frames.size; frame += GICR_FRAME) {
        memory_map((struct range){frame, GICR_FRAME}, MEMORY_DEVICE);
        if (read32(frame + GICR_TYPER + 4) == wanted) return frame;
        if (read32(frame + GICR_TYPER) & GICR_TYPER_LAST) break;
    }
    panic("this core has no redistributor");
}

static void init_v3(const struct node *node) {
    struct range frames;
    if (!node_range(node, 1, &frames)) panic("the interrupt controller has no redistributors");
    redistributor = find_redistributor(frames);
    write32(distributor.base + GICD_CTLR, 0x12); // affinity routing, group 1
    write32(redistributor + GICR_WAKER, 0);
    while (read32(redistributor + GICR_WAKER) & 4) {}
    write_sysreg(S3_0_C12_C12_5, 1); // ICC_SRE_EL1
    isb();
    write_sysreg(S3_0_C4_C6_0, 0xff); // ICC_PMR_EL1
    write_sysreg(S3_0_C12_C12_7, 1);  // ICC_IGRPEN1_EL1
    isb();
}

static void init_v2(const struct node *node) {
    if (!node_range(node, 1, &cpu_interface)) panic("the interrupt controller has no CPU interface");
    memory_map(cpu_interface, MEMORY_DEVICE);
    write32(distributor.base + GICD_CTLR, 3);
    write32(cpu_interface.base + GICC_PMR, 0xff);
    // Both groups, and AckCtl: group 1 is acknowledged by the same register from whichever side this runs on.
    write32(cpu_interface.base + GICC_CTLR, 7);
}

void gic_init(void) {
    struct node node;
    const bool v3 = node_compatible_with("arm,gic-v3", &node);
    if (!v3 && !node_compatible_with("arm,cortex-a15-gic", &node) && !node_compatible_with("arm,gic-400", &node))
        panic("there is no interrupt controller");
    if (!node_range(&node, 0, &distributor)) panic("the interrupt controller has no distributor");
    memory_map(distributor, MEMORY_DEVICE);
    if (v3) init_v3(&node);
    else init_v2(&node);
}

static void set_byte(uintptr_t registers, uint32_t at, uint32_t value) {
    const uint32_t shift = at % 4 * 8;
    const uintptr_t address = registers + at / 4 * 4;
    write32(address, (read32(address) & ~(0xffu << shift)) | value << shift);
}

// Where an interrupt has its registers, as far as both versions have them alike.
static uintptr_t frame_of(uint32_t intid) { return redistributor && intid < 32 ? redistributor + GICR_SGI : distributor.base; }

void interrupt_enable(struct interrupt interrupt, bool enabled) {
    const uint32_t intid = interrupt.intid;
    write32(frame_of(intid) + (enabled ? GICD_ISENABLER : GICD_ICENABLER) + intid / 32 * 4, 1u << intid % 32);
}

void gic_connect(struct interrupt interrupt) {
    const uint32_t intid = interrupt.intid;
    const bool is_private = intid < 32;
    const uintptr_t frame = frame_of(intid);
    const uintptr_t word = intid / 32 * 4;
    write32(frame + GICD_IGROUPR + word, read32(frame + GICD_IGROUPR + word) | 1u << intid % 32);
    set_byte(frame + GICD_IPRIORITYR, intid, PRIORITY);
    if (!is_private) {
        const uintptr_t trigger = frame + GICD_ICFGR + intid / 16 * 4;
        const uint32_t edge = 2u << intid % 16 * 2;
        write32(trigger, interrupt.edge ? read32(trigger) | edge : read32(trigger) & ~edge);
        if (redistributor) *(volatile uint64_t *)(frame + GICD_IROUTER + intid * 8) = affinity();
        // The first eight, which are private, tell which bit this core is.
        else set_byte(frame + GICD_ITARGETSR, intid, read32(frame + GICD_ITARGETSR) & 0xff);
    }
    interrupt_enable(interrupt, true);
}

uint32_t gic_acknowledge(void) {
    if (redistributor) return (uint32_t)read_sysreg(S3_0_C12_C12_0); // ICC_IAR1_EL1
    return read32(cpu_interface.base + GICC_IAR) & 0x3ff;
}

void gic_end(uint32_t intid) {
    if (redistributor) write_sysreg(S3_0_C12_C12_1, intid); // ICC_EOIR1_EL1
    else write32(cpu_interface.base + GICC_EOIR, intid);
}
