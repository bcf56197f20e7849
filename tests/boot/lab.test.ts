/** Debian guests on a switch: what a lab file describes. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { scratchFolder } from '../support/scratch.ts';
import { bootTest } from './support/boot-test.ts';
import { initrd } from './support/debian.ts';
import { address, runLab } from './support/lab.ts';

const folder = scratchFolder();
const long = { guests: ['Image-cloud', initrd], long: true };

/** Milliseconds of ping's answers. */
const times = (text = ''): number[] => [...text.matchAll(/time=([\d.]+) ms/g)].map(([, time]) => Number(time));

const pingNeeds = { guests: ['Image-full', initrd], long: true };
bootTest("two guests with Debian's full kernel ping each other over a long wire, alike in every run", pingNeeds, async () => {
  const lab = (capture: string) =>
    runLab(
      folder,
      {
        near: { lines: [address(1), 'sleep 4'] },
        far: { lines: [address(2), 'sleep 1', 'ping -c 3 10.0.0.1'], wire: { delay: '3ms' } },
      },
      ['--capture', capture],
      'Image-full',
    );
  const [first, second] = [join(folder, 'first.pcapng'), join(folder, 'second.pcapng')];
  const run = await lab(first);
  expect(run.code, run.console).toBe(0);
  expect(run.consoles['far']).toMatch(/3 packets transmitted, 3 packets received/);
  // Its wire, there and back.
  expect(Math.min(...times(run.consoles['far']))).toBeGreaterThan(6);
  expect(Math.min(...times(run.consoles['far']))).toBeLessThan(7);
  expect(run.report).toMatchObject({ outcome: 'poweroff', machines: [{ name: 'near' }, { name: 'far' }] });
  const again = await lab(second);
  expect(again.report.stateHash).toBe(run.report.stateHash);
  expect(readFileSync(second).equals(readFileSync(first))).toBe(true);
});

bootTest('Wireshark reads the capture of a switch', { ...long, packages: ['tshark'] }, async () => {
  const capture = join(folder, 'switch.pcapng');
  const lines = [address(2), 'sleep 1', 'ping -c 2 10.0.0.1'];
  await runLab(folder, { near: { lines: [address(1), 'sleep 3'] }, far: { lines } }, ['--capture', capture]);
  const read = (...args: string[]): string => spawnSync('tshark', ['-r', capture, ...args], { encoding: 'utf8' }).stdout;
  const rows = read('-Y', 'icmp', '-T', 'fields', '-e', 'frame.interface_name', '-e', 'ip.src', '-e', 'icmp.type')
    .trim()
    .split('\n');
  const [asked, answered] = ['lan:far\t10.0.0.2\t8', 'lan:near\t10.0.0.1\t0'];
  expect(rows).toEqual([asked, answered, asked, answered]);
});

bootTest('a wire that loses shows in the count of answers', long, async () => {
  const lines = [address(2), 'sleep 1', 'ping -c 50 -i 0.1 10.0.0.1'];
  const { code, consoles } = await runLab(folder, {
    near: { lines: [address(1), 'sleep 12'] },
    far: { lines, wire: { delay: '1ms', loss: '10%' } },
  });
  expect(code).toBe(0);
  const [, received] = /50 packets transmitted, (\d+) packets received/.exec(consoles['far'] ?? '') ?? [];
  // Each way one of ten: 81 %.
  expect(Number(received)).toBeGreaterThan(30);
  expect(Number(received)).toBeLessThan(48);
});

bootTest('a file is copied over wires that lose frames', long, async () => {
  const { code, console, consoles } = await runLab(folder, {
    server: {
      lines: [address(1), 'cp /bin/busybox /tmp/f', 'sha256sum /tmp/f', 'busybox httpd -h /tmp', 'sleep 20'],
      wire: { delay: '100us', bandwidth: '100M', loss: '0.5%' },
    },
    client: {
      lines: [address(2), 'sleep 1', 'wget -q -O /got http://10.0.0.1/f', 'sha256sum /got'],
      wire: { delay: '100us', bandwidth: '100M', loss: '0.5%' },
    },
  });
  expect(code, console).toBe(0);
  const [, sum] = /^([\da-f]{64}) {2}\/tmp\/f$/m.exec(consoles['server'] ?? '') ?? [];
  expect(sum).toBeDefined();
  expect(consoles['client']).toContain(`${sum}  /got`);
});
