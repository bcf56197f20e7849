import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** The Debian packages that tests use, and a program or file by which each is recognised (also on systems that are not Debian). */
export const packages = {
  'qemu-user': 'qemu-aarch64',
  'qemu-system-arm': 'qemu-system-aarch64',
  'binutils-aarch64-linux-gnu': 'aarch64-linux-gnu-objdump',
  'gcc-aarch64-linux-gnu': 'aarch64-linux-gnu-gcc',
  'libc6-dev-arm64-cross': '/usr/aarch64-linux-gnu/lib/libc.a',
  clang: 'clang',
  lld: 'ld.lld',
  chromium: 'chromium',
  'u-boot-qemu': '/usr/lib/u-boot/qemu_arm64/u-boot.bin',
  'qemu-efi-aarch64': '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd',
  e2fsprogs: '/usr/sbin/mkfs.ext4',
  mtools: 'mcopy',
  'device-tree-compiler': 'dtc',
  cpio: 'cpio',
  'libgsm1-dev': '/usr/include/gsm/gsm.h',
  'gdb-multiarch': 'gdb-multiarch',
  tshark: 'tshark',
  lldb: 'lldb',
  'edid-decode': 'edid-decode',
  'debian-installer-12-netboot-arm64': '/usr/lib/debian-installer/images/12/arm64/text/debian-installer/arm64/linux',
} as const;

export type Package = keyof typeof packages;

/** The packages that are not installed. */
export function missingPackages(): Package[] {
  return (Object.keys(packages) as Package[]).filter((name) => !isPresent(packages[name]));
}

/**
 * The skip condition of a test that uses these packages: true when one of them is missing.
 * `test.skipIf(needs('qemu-user'))('…', …)`. The test run names the missing packages at its end.
 */
export function needs(...names: Package[]): boolean {
  const listed = process.env['POCKETVISOR_MISSING_PACKAGES'];
  const missing: readonly string[] = listed === undefined ? missingPackages() : listed.split(' ');
  return names.some((name) => missing.includes(name));
}

/** Long tests (full boots, wide sweeps) run only in `npm run test:full`: `test.skipIf(!full)`. */
export const full = process.env['POCKETVISOR_FULL'] === '1';

/** Golden files are rewritten instead of compared: `npm run bless`. Never in CI. */
export const bless = process.env['POCKETVISOR_BLESS'] === '1' && !process.env['CI'];

function isPresent(probe: string): boolean {
  const places = isAbsolute(probe) ? [probe] : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, probe));
  return places.some((place) => {
    try {
      accessSync(place, constants.R_OK);
      return true;
    } catch {
      return false;
    }
  });
}
