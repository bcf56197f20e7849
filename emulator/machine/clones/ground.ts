import { assert } from '../../base/assert.ts';
import type { WasmMemory } from '../../base/wasm.ts';
import type { ColdEngine } from '../../exec/cold/engine.ts';
import type { Core } from '../core.ts';
import { createMemory, createRuntime, type Runtime, type RuntimeImports } from '../runtime.ts';

/** What generated code calls of a machine, beside the runtime. */
export interface EngineCalls {
  sysRead(cpu: number, register: number, pc: bigint): number;
  sysWrite(cpu: number, register: number, pc: bigint): number;
  hypercall(cpu: number, call: number, pc: bigint): number;
  debugTrap(cpu: number, immediate: number, pc: bigint): number;
}

/** A machine as its ground knows it. */
export interface Occupant {
  readonly imports: RuntimeImports;
  /** Set before the first instruction. */
  calls?: EngineCalls;
  readonly cores: readonly Core[];
}

/** What of an occupant is not in place while another one is. */
interface Away {
  /** Its physical map (runtime/shared-pages.ts). */
  readonly map: number;
  /** The state of its cores, whole. */
  cores: readonly Uint8Array[];
}

/**
 * The linear memory on which a machine runs, with the runtime and the engine. Clones of a machine share it: each has cores, a physical map and devices
 * of its own, and whose turn it is has its cores in place. Pages of RAM are common until somebody writes, and code is translated once for all.
 */
export class Ground {
  readonly memory: WasmMemory = createMemory();
  readonly runtime: Runtime & Record<string, unknown>;
  /** Made by whoever runs first. */
  engine: ColdEngine | undefined;
  private current: Occupant | undefined;
  /** Blocks that clones gave back, by their size: zeroed. */
  private readonly blocks = new Map<number, number[]>();
  private readonly away = new Map<Occupant, Away>();

  /** `module`: the bytes of emulator/runtime/dist/runtime.wasm. */
  constructor(module: Uint8Array) {
    this.runtime = createRuntime(this.memory, module, {
      deviceRead: (cpu, high, low, size) => this.occupant.imports.deviceRead(cpu, high, low, size),
      deviceWrite: (cpu, high, low, size) => this.occupant.imports.deviceWrite(cpu, high, low, size),
      dropRegions: (page, first, last) => this.occupant.imports.dropRegions?.(page, first, last),
      pageFetched: (high, low, page) => this.occupant.imports.pageFetched?.(high, low, page),
      hostNs: () => this.occupant.imports.hostNs?.() ?? 0,
    });
  }

  /** For the engine: what it calls reaches whoever is in place. */
  readonly calls: EngineCalls = {
    sysRead: (cpu, register, pc) => this.callsNow.sysRead(cpu, register, pc),
    sysWrite: (cpu, register, pc) => this.callsNow.sysWrite(cpu, register, pc),
    hypercall: (cpu, call, pc) => this.callsNow.hypercall(cpu, call, pc),
    debugTrap: (cpu, immediate, pc) => this.callsNow.debugTrap(cpu, immediate, pc),
  };

  private get callsNow(): EngineCalls {
    return this.occupant.calls as EngineCalls;
  }

  /** Who is in place. */
  get occupant(): Occupant {
    assert(this.current, 'the ground has no machine');
    return this.current;
  }

  get isShared(): boolean {
    return this.away.size > 1;
  }

  /** The first machine on it. */
  settle(occupant: Occupant): void {
    this.current = occupant;
  }

  /** A machine begins with every page and register of another one. It is in place from now on. */
  clone(original: Occupant, clone: Occupant): void {
    this.enter(original);
    const map = this.runtime.cloneMap() >>> 0;
    const cores = statesOf(original);
    // What stores went to directly until now is shared.
    this.forgetAddresses();
    if (!this.away.has(original)) this.away.set(original, { map: this.runtime.currentMap() >>> 0, cores });
    this.away.set(clone, { map, cores });
    this.enter(clone);
  }

  /** Puts a machine in place. To be called before anything of it is looked at or run. */
  enter(occupant: Occupant): void {
    const { current } = this;
    if (current === occupant || !current) return;
    const next = this.away.get(occupant);
    assert(next, 'a machine that is gone');
    const left = this.away.get(current);
    if (left) left.cores = statesOf(current);
    this.runtime.useMap(next.map);
    this.current = occupant;
    this.putStates(occupant, next.cores);
  }

  /** The states of an occupant's cores as they were when it was cloned, or left last. */
  putBack(occupant: Occupant): void {
    this.putStates(occupant, this.away.get(occupant)?.cores ?? []);
  }

  private putStates({ cores }: Occupant, states: readonly Uint8Array[]): void {
    states.forEach((state, n) => (cores[n] as Core).state.set(state));
    this.forgetAddresses();
    for (const { pointer } of cores) this.runtime.levelChanged(pointer);
  }

  private forgetAddresses(): void {
    for (const { pointer } of this.occupant.cores) this.runtime.tlbiAll(pointer, 0);
  }

  /** A zeroed block of host memory, for flash. */
  takeBlock(bytes: number): number {
    return this.blocks.get(bytes)?.pop() ?? this.runtime.allocate(bytes) >>> 0;
  }

  giveBlock(host: number, bytes: number): void {
    this.runtime.codeRangeChanged(host, bytes);
    this.blocks.set(bytes, [...(this.blocks.get(bytes) ?? []), host]);
  }

  /** A clone is not used any more: pages that only it has are for others. The original is in place. */
  leave(clone: Occupant, original: Occupant): void {
    this.enter(original);
    const gone = this.away.get(clone);
    if (!gone) return;
    this.away.delete(clone);
    this.runtime.dropMap(gone.map);
  }
}

function statesOf({ cores }: Occupant): Uint8Array[] {
  return cores.map(({ state }) => state.slice());
}
