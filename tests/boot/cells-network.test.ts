/** Cells that reach each other over a switch of the handset. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import { guestFile } from '../support/guests.ts';
import { run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';
import { bootTest } from './support/boot-test.ts';
import { initrd, limits } from './support/debian.ts';
import { address } from './support/lab.ts';
import { networkInitrd } from './support/network.ts';

const folder = scratchFolder();

bootTest(
  'two cells with Linux ping each other, alike in every run',
  { guests: ['Image-cloud', initrd], long: true },
  async () => {
    const linux = (name: string, lines: readonly string[], wire = {}) => ({
      kernel: guestFile('Image-cloud')!,
      initrd: networkInitrd(folder, name, lines),
      append: 'console=ttyAMA0 quiet',
      memory: '128M',
      schedule: { priority: 10 },
      devices: ['uart', { switch: 'lan', ...wire }],
    });
    const cells = {
      near: linux('near', [address(1), 'sleep 5']),
      far: linux('far', [address(2), 'sleep 1', 'ping -c 3 10.0.0.1'], { delay: '3ms' }),
    };
    const file = join(folder, 'pinging.yaml');
    writeFileSync(file, stringify({ handset: 'pinging', board: 'virt', cells }));
    const first = await run(...limits, file);
    expect(first.code, first.console).toBe(0);
    expect(first.console).toMatch(/^far .*3 packets transmitted, 3 packets received/m);
    const times = [...first.console.matchAll(/time=([\d.]+) ms/g)].map(([, time]) => Number(time));
    // The wire of one of them, there and back.
    expect(Math.min(...times)).toBeGreaterThan(6);
    expect((await run(...limits, file)).report.stateHash).toBe(first.report.stateHash);
  },
);
