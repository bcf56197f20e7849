// Generic interrupt controller, version 2 (IHI 0048) or 3 (IHI 0069), for one core and group 1.
#include "hello.h"

enum { GICD_CTLR = 0, GICD_IGROUPR = 0x80, GICD_ISENABLER = 0x100, GICD_IPRIORITYR = 0x400, GICD_ITARGETSR = 0x800, GICD_IROUTER = 0x6000 };
enum { GICC_CTLR = 0, GICC_PMR = 4, GICC_IAR = 12, GICC_EOIR = 16 };
enum { GICR_WAKER = 0x14, GICR_SGI = 0x10000 };
enum { PRIORITY = 0xa0 };

int gic_version(void) { return (read_sysreg(ID_AA64PFR0_EL1) >> 24 & 0xf) ? 3 : 2; }

void gic_init(void) {
    if (gic_version() == 2) {
        write32(board.distributor + GICD_CTLR, 3);
        write32(board.cpu_interface + GICC_PMR, 0xff);
        // Both groups, and AckCtl: group 1 is acknowledged by the same register from whichever side this runs on.
        write32(board.cpu_interface + GICC_CTLR, 7);
        return;
    }
    write32(board.distributor + GICD_CTLR, 0x12); // affinity routing, group 1
    write32(board.redistributor + GICR_WAKER, 0);
    while (read32(board.redistributor + GICR_WAKER) & 4) {}
    write_sysreg(S3_0_C12_C12_5, 1); // ICC_SRE_EL1
    isb();
    write_sysreg(S3_0_C4_C6_0, 0xff); // ICC_PMR_EL1
    write_sysreg(S3_0_C12_C12_7, 1);  // ICC_IGRPEN1_EL1
    isb();
}

void gic_enable(uint32_t intid) {
    const bool v3 = gic_version() == 3;
    const uintptr_t frame = v3 && intid < 32 ? board.redistributor + GICR_SGI : board.distributor;
    const uintptr_t word = intid / 32 * 4;
    const uint32_t shift = intid % 4 * 8;
    const uintptr_t priority = frame + GICD_IPRIORITYR + intid / 4 * 4;
    write32(frame + GICD_IGROUPR + word, read32(frame + GICD_IGROUPR + word) | 1u << intid % 32);
    write32(priority, (read32(priority) & ~(0xffu << shift)) | (uint32_t)PRIORITY << shift);
    if (intid >= 32 && v3) *(volatile uint64_t *)(board.distributor + GICD_IROUTER + intid * 8) = 0;
    if (intid >= 32 && !v3) {
        const uintptr_t targets = board.distributor + GICD_ITARGETSR + intid / 4 * 4;
        write32(targets, (read32(targets) & ~(0xffu << shift)) | 1u << shift);
    }
    write32(frame + GICD_ISENABLER + word, 1u << intid % 32);
}

uint32_t gic_acknowledge(void) {
    if (gic_version() == 2) return read32(board.cpu_interface + GICC_IAR) & 0x3ff;
    return (uint32_t)read_sysreg(S3_0_C12_C12_0); // ICC_IAR1_EL1
}

void gic_end(uint32_t intid) {
    if (gic_version() == 2) write32(board.cpu_interface + GICC_EOIR, intid);
    else write_sysreg(S3_0_C12_C12_1, intid); // ICC_EOIR1_EL1
}
