/** Linux on virtio's consoles and ports. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { guestFile } from '../support/guests.ts';
import { pocketvisor, run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';
import { bootTest } from './support/boot-test.ts';
import { atPrompt, initrd, limits, ready } from './support/debian.ts';
import { networkInitrd, sha256 } from './support/network.ts';

const folder = scratchFolder();

/** The kernel with its console on hvc0. */
const onHvc0 = (kernel: string): string[] => [
  ...['--kernel', guestFile(kernel) ?? '', '--initrd', guestFile(initrd) ?? '', '--append', 'console=hvc0', '--virtio-console'],
  ...limits,
];

bootTest('a console of virtio is Linux console, and two runs are the same', { guests: ['Image-cloud', initrd] }, async () => {
  const options = [
    ...onHvc0('Image-cloud'),
    '--expect',
    ready(1),
    ...atPrompt('echo $((6*7)) is the answer; tty'),
    '--expect',
    '^42 is',
  ];
  const [first, second] = [await run(...options), await run(...options)];
  expect(first.code, first.console.slice(-2000)).toBe(0);
  // Lines say which console they are of.
  expect(first.console).toMatch(/^hvc0 {2}\| GUEST READY/m);
  expect(second.report.stateHash).toBe(first.report.stateHash);
  expect(second.console).toBe(first.console);
});

bootTest('a named port passes bytes in both directions', { guests: ['Image-full', initrd] }, async () => {
  const bytes = randomBytes(1 << 20);
  const [input, output] = [join(folder, 'input'), join(folder, 'output')];
  writeFileSync(input, bytes);
  const lines = [
    ...['cat /sys/class/virtio-ports/vport0p1/name', 'dd if=/dev/vport0p1 of=/got bs=1024 count=1024 iflag=fullblock'],
    ...['sha256sum /got', 'cat /got >/dev/vport0p1'],
  ];
  const options = [
    ...['--kernel', guestFile('Image-full') ?? '', '--initrd', networkInitrd(folder, 'port', lines)],
    ...['--append', 'console=ttyAMA0', '--port', `org.example.data=${output},input=${input}`, ...limits],
  ];
  const { code, console } = await run(...options);
  expect(code, console.slice(-2000)).toBe(0);
  expect(console).toMatch(/^org\.example\.data$/m);
  expect(console).toContain(`${sha256(bytes)}  /got`);
  expect(sha256(readFileSync(output))).toBe(sha256(bytes));
});

bootTest("QEMU's command line for the same", { guests: ['Image-cloud', initrd], long: true }, async () => {
  const log = join(folder, 'console.log');
  const lines = ['echo "on $(cat /sys/class/tty/console/active)"', 'echo from the guest >/dev/vport0p2'];
  const written = join(folder, 'port.log');
  const { code, output, errors } = await pocketvisor(
    ...['qemu', '-M', 'virt', '-cpu', 'cortex-a57', '-m', '512', '-display', 'none', '-serial', 'null'],
    ...['-kernel', guestFile('Image-cloud') ?? '', '-initrd', networkInitrd(folder, 'qemu', lines), '-append', 'console=hvc0'],
    ...['-device', 'virtio-serial-device,id=vs,max_ports=8', '-chardev', 'stdio,id=c', '-device', 'virtconsole,chardev=c'],
    ...['-chardev', `file,id=f,path=${log}`, '-device', 'virtconsole,chardev=f,bus=vs.0'],
    ...['-chardev', `file,id=p,path=${written}`, '-device', 'virtserialport,chardev=p,name=data,nr=2'],
  );
  expect(code, output.slice(-2000) + errors).toBe(0);
  expect(readFileSync(written, 'latin1')).toBe('from the guest\n');
});
