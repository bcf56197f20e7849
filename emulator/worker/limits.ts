import type { ResourceLimits } from 'node:worker_threads';

/**
 * What V8 may take for the thread of a machine. Translation makes many objects that live for a little while: by itself V8 lets the part of the
 * heap for new ones grow to 128 MiB for them, and collects so seldom that modules which made way for others stay for minutes. With 16 MiB a
 * machine is no slower, and the memory of a long run stands still (tests/boot/long-run.ts).
 */
export const threadLimits: ResourceLimits = { maxYoungGenerationSizeMb: 24 };
