import type { BootImages, MachineConfig } from '../../emulator/machine/types.ts';

/** A machine that QEMU has too: its core's identification, nothing random, reads of the counter that cost nothing. */
export function machineFor(boot: BootImages, more: Partial<MachineConfig> = {}): MachineConfig {
  return {
    ...{ board: 'virt', cpus: 1, memory: 512 * 2 ** 20, gic: 3, el: 1, cpu: 'cortex-a57', exec: 'cold', seed: 1 },
    ...{ rtcSeconds: Date.UTC(2026, 0, 1) / 1000, boot, drives: [], rng: false, counterReadNs: 0 },
    ...more,
  };
}
