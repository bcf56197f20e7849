/** Two Debian guests on a switch, in one thread. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { MachineGroup } from '../../emulator/machine/machine-group.ts';
import type { LinkConfig } from '../../emulator/machine/network-settings.ts';
import { guestFile } from '../support/guests.ts';
import { testMachine } from '../support/machine.ts';
import { scratchFolder } from '../support/scratch.ts';
import { bootTest } from './support/boot-test.ts';
import { initrd } from './support/debian.ts';
import { networkInitrd } from './support/network.ts';

const folder = scratchFolder();
const needs = { guests: ['Image-cloud', initrd], long: true };
const TIMEOUT_NS = 60e9;

/** Runs a guest for each list of lines, at wires alike, to their ends; what they wrote, and their hashes. */
function together(lines: readonly (readonly string[])[], link: LinkConfig): { texts: string[]; hashes: string[] } {
  const group = new MachineGroup(1);
  const guests = lines.map((list, n) => {
    const boot = {
      kernel: readFileSync(guestFile('Image-cloud') ?? ''),
      initrd: readFileSync(networkInitrd(folder, `guest${n}`, list)),
      ...{ append: 'console=ttyAMA0 quiet', loads: [] },
    };
    let text = () => '';
    const machine = group.add(`guest${n}`, [link], (onFrame) => {
      const nics = [{ mac: 0x5254_0000_0001 + n, link: {}, network: { kind: 'wire' as const } }];
      const made = testMachine({ config: { memory: 256 << 20, boot, nics }, script: { timeoutNs: TIMEOUT_NS }, onFrame });
      text = made.console;
      return made.machine;
    });
    return { machine, text: () => text() };
  });
  while (group.step());
  const texts = guests.map(({ text }) => text());
  for (const [n, { machine }] of guests.entries()) expect(machine.outcome, texts[n]).toBe('poweroff');
  return { texts, hashes: guests.map(({ machine }) => machine.stateHash()) };
}

const server = ['ifconfig eth0 10.0.0.1 netmask 255.255.255.0 up', 'cp /bin/busybox /tmp/f', 'sha256sum /tmp/f'];
const client = ['ifconfig eth0 10.0.0.2 netmask 255.255.255.0 up', 'sleep 1', 'ping -c 3 10.0.0.1'];

bootTest('ping each other, with the delay of the wires, and alike in every run', needs, () => {
  const runs = [0, 1].map(() => together([[...server, 'sleep 5'], client], { delayNs: 3e6 }));
  const [{ texts }] = runs as [(typeof runs)[number]];
  expect(texts[1]).toMatch(/3 packets transmitted, 3 packets received/);
  // Four wires there and back.
  const times = [...texts[1]!.matchAll(/time=([\d.]+) ms/g)].map(([, time]) => Number(time));
  expect(Math.min(...times)).toBeGreaterThan(12);
  expect(Math.min(...times)).toBeLessThan(13);
  expect(runs[1]?.hashes).toEqual(runs[0]?.hashes);
});

bootTest('copy a file over wires that lose frames', needs, () => {
  const serve = [...server, 'busybox httpd -h /tmp', 'sleep 20'];
  const fetch = [...client.slice(0, 2), 'wget -q -O /got http://10.0.0.1/f', 'sha256sum /got'];
  const { texts } = together([serve, fetch], { delayNs: 100_000, bitsPerSecond: 100e6, loss: 0.005 });
  const [, sum] = /^([\da-f]{64}) {2}\/tmp\/f$/m.exec(texts[0]!) ?? [];
  expect(sum).toBeDefined();
  expect(texts[1]).toContain(`${sum}  /got`);
});
