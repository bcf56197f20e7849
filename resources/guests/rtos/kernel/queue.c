// A ring; two semaphores count what is in it and what still fits, and are what senders and receivers wait for.
#include "kernel.h"

void queue_init_with(struct queue *queue, void *storage, size_t item_bytes, size_t capacity) {
    *queue = (struct queue){.room = {.count = (unsigned)capacity}, .storage = storage, .item_bytes = item_bytes, .capacity = capacity};
}

static char *slot(const struct queue *queue, size_t *at) {
    char *item = queue->storage + *at * queue->item_bytes;
    *at = (*at + 1) % queue->capacity;
    return item;
}

bool queue_send(struct queue *queue, const void *item, uint64_t timeout_ns) {
    if (!semaphore_take(&queue->room, timeout_ns)) return false;
    const uint64_t state = kernel_enter();
    __builtin_memcpy(slot(queue, &queue->tail), item, queue->item_bytes);
    semaphore_give(&queue->items);
    kernel_leave(state);
    return true;
}

bool queue_receive(struct queue *queue, void *item, uint64_t timeout_ns) {
    if (!semaphore_take(&queue->items, timeout_ns)) return false;
    const uint64_t state = kernel_enter();
    __builtin_memcpy(item, slot(queue, &queue->head), queue->item_bytes);
    semaphore_give(&queue->room);
    kernel_leave(state);
    return true;
}
