// A driver cell: serves the virtio disk that it has to another cell, which sees neither it nor its memory. `crash` on its console kills it.
#include "../lib/virtio/virtio.h"

enum { BLOCK = 2, REQUESTS_QUEUE = 0, SECTOR_BYTES = 512, FAILED = 1 };
// Registers of the device by which it serves (emulator/devices/served-disk).
enum { SLOTS = 0x00, BYTES = 0x04, BUFFERS_HIGH = 0x08, BUFFERS = 0x0c, NEXT = 0x10 };
enum { SLOT = 0x100, SLOT_STRIDE = 0x20, KIND = 0x00, SECTOR = 0x04, SECTOR_HIGH = 0x08, SECTORS = 0x0c, DONE = 0x10 };
enum { MOST_SLOTS = 4, SLOT_BYTES = 0x10000 };
enum { READ, WRITE, FLUSH };

static struct virtio disk;
static struct virtqueue requests;
static struct semaphore answered;
static uint32_t taken[MOST_SLOTS];
static struct queue pieces;
static uint8_t buffers[MOST_SLOTS][SLOT_BYTES] __attribute__((aligned(PAGE_BYTES)));
static struct {
    uint32_t type, reserved;
    uint64_t sector;
} header;
static volatile uint8_t status;
static uintptr_t server;
TASK_STACK(worker_stack, 4096);
static struct task worker;
static unsigned served;

static void disk_interrupted(void *argument) {
    uint16_t descriptor;
    (void)argument;
    virtio_acknowledge(&disk);
    if (virtqueue_take(&requests, &descriptor)) semaphore_give(&answered);
}

// The line is up while there is a piece to take and a slot for it.
static void server_interrupted(void *argument) {
    (void)argument;
    for (uint32_t next = read32(server + NEXT); next != 0; next = read32(server + NEXT)) queue_send(&pieces, &(uint32_t){next - 1}, 0);
}

// One request to the disk, whose data go through a buffer; what the disk says of it.
static uint8_t carry_out(uint32_t kind, uint64_t sector, uint32_t sectors, uint8_t *buffer) {
    enum { TYPE_IN = 0, TYPE_OUT = 1, TYPE_FLUSH = 4 };
    header.type = kind == READ ? TYPE_IN : kind == WRITE ? TYPE_OUT : TYPE_FLUSH;
    header.sector = kind == FLUSH ? 0 : sector;
    status = FAILED;
    uint16_t at = 0;
    requests.descriptors[at].address = (uintptr_t)&header;
    requests.descriptors[at].length = sizeof header;
    requests.descriptors[at].flags = DESCRIPTOR_NEXT;
    requests.descriptors[at].next = (uint16_t)(at + 1);
    at++;
    if (kind != FLUSH) {
        requests.descriptors[at].address = (uintptr_t)buffer;
        requests.descriptors[at].length = sectors * SECTOR_BYTES;
        requests.descriptors[at].flags = (uint16_t)(DESCRIPTOR_NEXT | (kind == READ ? DESCRIPTOR_WRITE : 0));
        requests.descriptors[at].next = (uint16_t)(at + 1);
        at++;
    }
    requests.descriptors[at].address = (uintptr_t)&status;
    requests.descriptors[at].length = 1;
    requests.descriptors[at].flags = DESCRIPTOR_WRITE;
    virtqueue_offer(&requests, 0);
    virtio_notify(&disk, REQUESTS_QUEUE);
    semaphore_take(&answered, FOREVER);
    return status;
}

static void serve(void *argument) {
    (void)argument;
    for (;;) {
        uint32_t number;
        queue_receive(&pieces, &number, FOREVER);
        const uintptr_t slot = server + SLOT + number * SLOT_STRIDE;
        const uint64_t sector = (uint64_t)read32(slot + SECTOR_HIGH) << 32 | read32(slot + SECTOR);
        write32(slot + DONE, carry_out(read32(slot + KIND), sector, read32(slot + SECTORS), buffers[number]));
        served++;
    }
}

void application(void) {
    struct node node;
    struct range registers;
    struct interrupt interrupt;
    if (!node_compatible_with("pocketvisor,disk-server", &node)) panic("nobody wants a disk of this cell");
    if (!node_range(&node, 0, &registers) || !node_interrupt(&node, 0, &interrupt)) panic("the disk server has no registers");
    memory_map(registers, MEMORY_DEVICE);
    server = registers.base;
    if (!virtio_find(BLOCK, 0, &disk)) panic("there is no disk");
    if (read32(server + BYTES) != SLOT_BYTES || read32(server + SLOTS) > MOST_SLOTS) panic("the disk server is another one");
    virtio_begin(&disk);
    virtio_queue(&disk, REQUESTS_QUEUE, &requests);
    interrupt_connect(disk.interrupt, disk_interrupted, 0);
    virtio_ready(&disk);
    queue_init(&pieces, taken);
    task_start(&worker, "worker", MAIN_PRIORITY + 1, serve, 0, worker_stack);
    interrupt_connect(interrupt, server_interrupted, 0);
    write32(server + BUFFERS_HIGH, (uint32_t)((uint64_t)(uintptr_t)buffers >> 32));
    write32(server + BUFFERS, (uint32_t)(uintptr_t)buffers);
    print("storage: ready\n");
    for (;;) {
        char line[32];
        console_read_line(line, sizeof line);
        if (equal(line, "crash")) *(volatile int *)0 = 0;
        else print("storage: %u pieces served\n", served);
    }
}
