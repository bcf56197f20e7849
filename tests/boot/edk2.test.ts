/** EDK2 (Debian's qemu-efi-aarch64) comes up to its shell. It gets the device tree and no ACPI tables. */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { packages } from '../support/packages.ts';
import { run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';
import { bootTest } from './support/boot-test.ts';
import { converse } from './support/dialogue.ts';

const needs = { packages: ['qemu-efi-aarch64'] as const };
const folder = scratchFolder();

/** What was written, without the escapes that place and colour it. */
// oxlint-disable-next-line no-control-regex
const plain = (console: string): string => console.replace(/\x1b\[[\d;=]*[A-Za-z]/g, '');

bootTest('EDK2 knows its memory, and comes back to its shell after a reset', needs, async () => {
  const enter = (command: string): string[] => ['--send', `Shell> =>${command}\\r`];
  const { code, console } = await run(
    ...['--cpu', 'cortex-a57', '--gic', '2', '--bios', packages['qemu-efi-aarch64'], '--timeout', '60s', '--wall', '500s'],
    ...[
      ...enter('map'),
      ...enter('memmap'),
      ...enter('reset'),
      '--expect',
      'Total Memory',
      '--expect',
      'UEFI firmware',
      '--expect',
      'Shell> ',
    ],
  );
  expect(code, console.slice(-2000)).toBe(0);
  const text = plain(console);
  expect(text).toMatch(/Shell> map\nMapping table\nmap: No mapping found\./);
  expect(text).toContain('Total Memory:            512 MB (536,870,912 Bytes)');
  // What runtime services use of devices: the bank of flash with the variables, and the clock.
  const devices = [...text.matchAll(/^MMIO +([\dA-F]{16}-[\dA-F]{16}) /gm)].map(([, range]) => range);
  expect(devices).toEqual(['0000000004000000-0000000007FFFFFF', '0000000009010000-0000000009010FFF']);
});

bootTest("EDK2's variables are in their file, and there after a reset", { ...needs, long: true }, async () => {
  const [code, variables] = ['/usr/share/AAVMF/AAVMF_CODE.fd', join(folder, 'variables.fd')];
  copyFileSync('/usr/share/AAVMF/AAVMF_VARS.fd', variables);
  const setvar = 'setvar Color -guid 11112222-3333-4444-5555-666677778888';
  await converse(
    {
      qemu: [
        ...['-M', 'virt', '-cpu', 'cortex-a57', '-m', '512', '-nographic'],
        ...['-drive', `if=pflash,format=raw,file=${code},readonly=on`, '-drive', `if=pflash,format=raw,file=${variables}`],
      ],
      send: [
        ['in 5 seconds to skip', '\r'],
        ['Shell> ', `${setvar} -bs -nv =0xB10E\r`],
        ['Shell> ', 'reset\r'],
        ['in 5 seconds to skip', '\r'],
        ['Shell> ', `${setvar}\r`],
      ],
      expect: ['UEFI firmware', 'UEFI firmware', 'Color - 0002 Bytes[^]*0E B1'],
    },
    300_000,
  );
  expect(readFileSync(variables).indexOf(Buffer.from('Color\0', 'utf16le'))).toBeGreaterThan(0);
});
