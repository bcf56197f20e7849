/** A core on a bench: runtime and engine with RAM and nothing else. No device answers, and what the host would do is UNDEFINED. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ColdEngine } from '../../../emulator/exec/cold/engine.ts';
import { HotEngine, type HotMode } from '../../../emulator/exec/hot/engine.ts';
import { defaultTuning, type Tuning } from '../../../emulator/exec/tuning.ts';
import { exceptionClass } from '../../../emulator/isa/derive/semantics.ts';
import { Core } from '../../../emulator/machine/core.ts';
import { idRegisters } from '../../../emulator/machine/cpu-models.ts';
import { createMemory, createRuntime, type Runtime } from '../../../emulator/machine/runtime.ts';
import { leaveReasons } from '../../../emulator/state/memory-map.ts';
import { root } from '../../../resources/build/targets.ts';

export class Bench {
  readonly memory = createMemory();
  readonly view = new DataView(this.memory.buffer);
  readonly bytes = new Uint8Array(this.memory.buffer);
  readonly runtime: Runtime;
  readonly engine: ColdEngine;
  readonly core: Core;

  constructor(exec: 'cold' | HotMode = 'cold', tuning: Partial<Tuning> = {}) {
    const module = readFileSync(join(root, 'emulator/runtime/dist/runtime.wasm'));
    let hot: HotEngine | undefined;
    const runtime = createRuntime(this.memory, module, {
      deviceRead: () => 0,
      deviceWrite: () => 0,
      dropRegions: (page, first, last) => hot?.dropRegions(page, first, last),
    });
    this.runtime = runtime;
    runtime.initializeMemory(1, 1, 1, 62_500_000n, 44, 0, defaultTuning.codePages);
    runtime.initializeTlb();
    const undefinedHere = (cpu: number, _what: number, pc: bigint): number => {
      runtime.raise(cpu, exceptionClass.unknown, 0, pc);
      return leaveReasons.RESYNC;
    };
    const host = { sysRead: undefinedHere, sysWrite: undefinedHere, hypercall: undefinedHere, debugTrap: undefinedHere };
    if (exec !== 'cold') hot = new HotEngine(this.memory, { ...runtime, ...host }, { mode: exec, tuning });
    this.engine = hot ?? new ColdEngine(this.memory, { ...runtime, ...host });
    this.core = new Core(this.memory.buffer, 0);
    this.reset();
  }

  /** Guest-visible state of the core as after a reset. */
  reset(): void {
    this.core.reset(idRegisters('cortex-a57', true, 1), 0x8000_0000n, 62_500_000, 1);
  }

  /** Declares RAM, touches all of it and answers its host addresses, page by page. */
  addRam(pa: bigint, bytes: number): number[] {
    this.runtime.mapRam(pa, BigInt(bytes));
    return Array.from({ length: bytes / 4096 }, (_, i) => this.runtime.physicalAddress(pa + BigInt(i * 4096)) >>> 0);
  }
}
