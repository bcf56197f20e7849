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
  if (config.threads !== 'auto') return new SequentialMachine(config, script, runtimeModule, host, listener);
  const { threads } = host;
  if (!threads) throw new UserError('no-threads', 'this host has no threads for cores', { hint: 'use --threads 1' });
  return new ParallelMachine(config, script, runtimeModule, { ...host, threads }, listener);
}
