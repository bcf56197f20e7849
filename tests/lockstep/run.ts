import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { virt } from '../../emulator/boards/virt.ts';
import { planBoot } from '../../emulator/machine/boot/plan.ts';
import { SequentialMachine } from '../../emulator/machine/sequential-machine.ts';
import type { Stepper } from '../../emulator/machine/stepper.ts';
import type { MachineConfig } from '../../emulator/machine/types.ts';
import { Comparer, type Difference } from './comparer.ts';
import type { Followed } from './follower.ts';
import { LogReader } from './log.ts';
import { startQemu } from './qemu.ts';

export interface Options {
  config: MachineConfig;
  /** Instructions to compare. */
  count: number;
  /** Instructions after which every single one is compared, not only the first of each of QEMU's blocks. */
  from?: number;
  /** Compares V0 to V31, FPCR and FPSR too. */
  vectors?: boolean;
  /** Called about every second. */
  onProgress?(count: number): void;
  onConsole?(bytes: Uint8Array): void;
  /** Sees our machine before it starts: tests plant mistakes. */
  prepare?(stepper: Stepper): void;
}

export interface Comparison {
  /** Instructions that agree. */
  count: number;
  difference: Difference | undefined;
  followed: Followed;
}

/** QEMU has written some hundred blocks into its log that are not read yet when it is told to go by single instructions. */
const AHEAD = 20_000;

/** Compares, and when a block differs once more from shortly before it, to name the instruction. */
export async function compare(options: Options): Promise<Comparison> {
  const result = await compareOnce(options);
  if (!result.difference || result.difference.steps.length <= 1) return result;
  return compareOnce({ ...options, from: Math.max(0, result.difference.number - AHEAD) });
}

async function compareOnce({ config, count, from = Infinity, vectors = false, ...options }: Options): Promise<Comparison> {
  const machine = createMachine(config, options.onConsole);
  const stepper = machine.stepper();
  options.prepare?.(stepper);
  const comparer = new Comparer(stepper, count);
  const reader = new LogReader(comparer);
  const qemu = await startQemu(config, planBoot(config, virt), { singleSteps: from === 0, vectors });
  let isSingle = from === 0;
  let told = performance.now();
  try {
    for (;;) {
      const { bytesRead } = await qemu.log.read(reader.room);
      if (bytesRead === 0 || !reader.take(bytesRead)) break;
      if (!isSingle && comparer.count >= from) {
        isSingle = true;
        await qemu.singleSteps();
      }
      if (performance.now() - told < 1000) continue;
      told = performance.now();
      options.onProgress?.(comparer.count);
    }
  } finally {
    await qemu.stop();
  }
  // What the console holds back is told.
  stepper.passTime(stepper.core.nowNs);
  return { count: comparer.count, difference: comparer.difference, followed: comparer.followed };
}

function createMachine(config: MachineConfig, onConsole?: (bytes: Uint8Array) => void): SequentialMachine {
  const runtime = readFileSync(new URL('../../emulator/runtime/dist/runtime.wasm', import.meta.url));
  const sha256 = () => {
    const hash = createHash('sha256');
    return { update: (bytes: Uint8Array) => void hash.update(bytes), digest: () => hash.digest('hex') };
  };
  const host = { nowMs: () => performance.now(), sha256 };
  return new SequentialMachine(config, { sends: [], expects: [] }, runtime, host, {
    onConsole: (bytes) => onConsole?.(bytes),
    onDriveWrite: () => {},
  });
}
