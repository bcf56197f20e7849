import type { ColdEngine } from '../../exec/cold/engine.ts';
import type { MemoryRegion } from '../../debug/target.ts';
import type { PhysicalView } from '../../debug/views.ts';
import type { Core } from '../core.ts';
import type { PhysicalMemory } from '../physical-memory.ts';
import type { Runtime } from '../runtime.ts';

/** What a debugger from outside needs of its machine. */
export interface Debugged {
  readonly cores: readonly Core[];
  readonly runtime: Runtime;
  readonly ram: PhysicalMemory;
  /** All memory, as it is looked at. */
  readonly memory: PhysicalView;
  /** The linear memory. */
  readonly buffer: SharedArrayBuffer;
  readonly engine: ColdEngine;
  readonly regions: readonly MemoryRegion[];
  /** A register of the core was written from outside: what depends on it is looked at again. */
  registersChanged(core: Core): void;
}
