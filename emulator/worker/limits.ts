import type { ResourceLimits } from 'node:worker_threads';

/**
 * What V8 may take for the thread of a machine. While code is translated many objects live for a little while, and V8 would let the part of the
 * heap for new objects grow by 64 MiB for them, once and for good; it collects no slower with 16.
 */
export const threadLimits: ResourceLimits = { maxYoungGenerationSizeMb: 24 };
