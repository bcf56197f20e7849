import { join } from 'node:path';
import { expect } from 'vitest';
import { guestFile } from '../support/guests.ts';
import { packages } from '../support/packages.ts';
import { run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';
import { bootTest } from './support/boot-test.ts';
import { initrd, ready } from './support/debian.ts';
import { converse } from './support/dialogue.ts';
import { makeDisk, type Files } from './support/disk.ts';

const folder = scratchFolder();

const uBoot = [
  ...['--cpu', 'cortex-a57', '--bios', packages['u-boot-qemu'], '--send', 'Hit any key=>\\n'],
  ...['--timeout', '5s', '--wall', '200s'],
];
const enter = (command: string): string[] => ['--send', `=> =>${command}\\n`];

bootTest('U-Boot knows its board', { packages: ['u-boot-qemu'] }, async () => {
  const { code, console } = await run(
    ...uBoot,
    ...[...enter('version'), '--expect', '=> version\\nU-Boot 20\\d\\d\\.\\d\\d'],
    ...[...enter('bdinfo'), '--expect', 'DRAM bank[^]*size *= 0x0*20000000\\n[^]*TLB addr[^]*=> '],
  );
  expect(code, console.slice(-2000)).toBe(0);
});

bootTest('U-Boot finds the flash and the date', { packages: ['u-boot-qemu'] }, async () => {
  const { code, console } = await run(
    ...[...uBoot, '--rtc', '2030-05-06T07:08:09'],
    ...[...enter('flinfo 1'), '--expect', 'Bank # 1: CFI conformant flash'],
    ...[...enter('date'), '--expect', 'Date: 2030-05-06 \\(Monday\\) +Time: +7:08:09'],
  );
  expect(code, console.slice(-2000)).toBe(0);
});

bootTest('U-Boot keeps its environment in flash across a reset', { packages: ['u-boot-qemu'] }, async () => {
  const { code, console } = await run(
    ...uBoot,
    ...[...enter('setenv color blue; saveenv'), '--expect', 'Writing to Flash[^]*done'],
    ...[...enter('reset'), '--expect', 'resetting[^]*Hit any key'],
    ...['--send', 'Hit any key=>\\n', ...enter('printenv color'), '--expect', '\\ncolor=blue\\n'],
    ...['--fail', 'bad CRC[^]*bad CRC'],
  );
  expect(code, console.slice(-2000)).toBe(0);
});

const debianFiles = (): Files => ({ Image: guestFile('Image-cloud')!, initrd: guestFile(initrd)! });
const load = (command: string, file: string, address: string): string => `${command} virtio 0:1 $${address} /${file}`;
const bootFrom = (command: string): string[] => [
  'setenv bootargs console=ttyAMA0; virtio scan',
  `${load(command, 'Image', 'kernel_addr_r')} && ${load(command, 'initrd', 'ramdisk_addr_r')}`,
  'booti $kernel_addr_r $ramdisk_addr_r:$filesize $fdtcontroladdr',
];
const guests = ['Image-cloud', initrd];

bootTest(
  "U-Boot loads Debian's kernel from a disk with ext4, and boots it",
  { packages: ['u-boot-qemu', 'e2fsprogs'], guests, long: true },
  async () => {
    const disk = join(folder, 'ext4.img');
    makeDisk(disk, 'ext4', 64, debianFiles());
    const { code, console } = await run(
      ...[...uBoot, '--timeout', '60s', '--cpus', '2', '--drive', disk, ...bootFrom('load').flatMap(enter)],
      ...['--expect', 'Starting kernel', '--expect', ready(2)],
    );
    expect(code, console.slice(-2000)).toBe(0);
  },
);

bootTest(
  "U-Boot loads Debian's kernel from a FAT disk, by QEMU's options with devices of before virtio 1.0",
  { packages: ['u-boot-qemu', 'mtools'], guests, long: true },
  async () => {
    const disk = join(folder, 'fat.img');
    makeDisk(disk, 'fat', 64, debianFiles());
    const qemu = [
      ...['-M', 'virt', '-cpu', 'cortex-a57', '-smp', '2', '-m', '512', '-nographic', '-bios', packages['u-boot-qemu']],
      ...['-drive', `if=none,id=disk,format=raw,file=${disk}`, '-device', 'virtio-blk-device,drive=disk'],
    ];
    const keys = bootFrom('fatload').map((command) => ['=> ', `${command}\n`] as const);
    await converse({ qemu, send: [['Hit any key', '\n'], ...keys], expect: ['Starting kernel', ready(2)] }, 300_000);
  },
);
