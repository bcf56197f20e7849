import type { Host } from '../base/host.ts';
import { UserError } from '../base/user-error.ts';
import type { Machine, MachineListener } from './machine.ts';
import { ParallelMachine } from './parallel/parallel-machine.ts';
import { SequentialMachine } from './sequential-machine.ts';
import type { MachineConfig, Script } from './types.ts';

/** The machine that a configuration describes: deterministic, or with a thread for each core. */
export function createMachine(
  config: MachineConfig,
  script: Script,
  runtimeModule: Uint8Array,
  host: Host,
  listener: MachineListener,
): Machine {
  if (config.cells) {
    const hint = 'check shows what it would grant; a machine runs one cell without schedule, cpus, cores and restart';
    throw new UserError('not-available', 'cells under the hypervisor do not run in this version', { hint });
  }
  if (config.threads !== 'auto') return new SequentialMachine(config, script, runtimeModule, host, listener);
  const { threads } = host;
  if (!threads) throw new UserError('no-threads', 'this host has no threads for cores', { hint: 'use --threads 1' });
  return new ParallelMachine(config, script, runtimeModule, { ...host, threads }, listener);
}
