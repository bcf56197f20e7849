import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Host } from '../../emulator/base/host.ts';
import { Machine } from '../../emulator/machine/machine.ts';
import type { MachineConfig, Script } from '../../emulator/machine/types.ts';

const runtime = readFileSync(new URL('../../emulator/runtime/dist/runtime.wasm', import.meta.url));

export const host: Host = {
  nowMs: () => performance.now(),
  sha256: () => {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
  },
};

export interface MachineOptions {
  config?: Partial<MachineConfig>;
  script?: Partial<Script>;
  host?: Host;
}

/** A machine in this thread, without a worker, with 64 MiB; `console()` is what it wrote so far. */
export function testMachine({ config, script, host: given = host }: MachineOptions): { machine: Machine; console: () => string } {
  let text = '';
  const whole: MachineConfig = {
    ...{ board: 'virt', cpus: 1, memory: 64 << 20, gic: 3, el: 1, cpu: 'max', exec: 'auto' },
    ...{ seed: 1, rtcSeconds: 1_767_225_600, boot: { loads: [] }, drives: [], rng: false },
    ...config,
  };
  const machine = new Machine(whole, { sends: [], expects: [], ...script }, runtime, given, {
    onConsole: (bytes) => (text += Buffer.from(bytes).toString('latin1')),
    onDriveWrite: () => undefined,
  });
  return { machine, console: () => text };
}
