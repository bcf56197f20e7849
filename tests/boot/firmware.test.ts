import { expect } from 'vitest';
import { packages } from '../support/packages.ts';
import { run } from '../support/pocketvisor.ts';
import { bootTest } from './support/boot-test.ts';

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
