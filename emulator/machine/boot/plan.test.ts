import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../base/user-error.ts';
import { readFdt, type TreeNode } from '../../boards/fdt.ts';
import { virt } from '../../boards/virt.ts';
import type { BootImages, MachineConfig } from '../types.ts';
import { planBoot, type BootPlan } from './plan.ts';

const MiB = 0x10_0000;
const text = (value: string) => new TextEncoder().encode(value);

function config(boot: Partial<BootImages>, more: Partial<MachineConfig> = {}): MachineConfig {
  return {
    ...{ board: 'virt', cpus: 1, memory: 512 * MiB, gic: 3, el: 1, cpu: 'cortex-a53', exec: 'auto', seed: 1, rtcSeconds: 0 },
    ...{ drives: [], rng: false, boot: { loads: [], ...boot } },
    ...more,
  };
}
const plan = (boot: Partial<BootImages>, more?: Partial<MachineConfig>) => planBoot(config(boot, more), virt);

function image({ length = 0x1000, size = 8 * MiB, textOffset = 0, flags = 0xa } = {}) {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(8, BigInt(textOffset), true);
  view.setBigUint64(16, BigInt(size), true);
  view.setBigUint64(24, BigInt(flags), true);
  bytes.set(text('ARM\x64'), 56);
  return bytes;
}

function elf({ address = 0x4020_0000, entry = 0x4020_0000, fileSize = 0x100, size = 0x2000, machine = 183 } = {}) {
  const bytes = new Uint8Array(64 + 56 + fileSize);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, ...text('ELF'), 2, 1, 1]);
  view.setUint16(18, machine, true);
  view.setBigUint64(24, BigInt(entry), true);
  view.setBigUint64(32, 64n, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint32(64, 1, true);
  view.setBigUint64(64 + 8, 120n, true);
  view.setBigUint64(64 + 16, 0xffff_0000_0000_0000n, true);
  view.setBigUint64(64 + 24, BigInt(address), true);
  view.setBigUint64(64 + 32, BigInt(fileSize), true);
  view.setBigUint64(64 + 40, BigInt(size), true);
  bytes.fill(0xaa, 120);
  return bytes;
}

const places = ({ pieces }: BootPlan) => pieces.map(({ name, address }) => [name, address]);
const chosen = ({ pieces }: BootPlan) => {
  const tree = readFdt(pieces.find(({ name }) => name === 'the device tree')!.bytes) as TreeNode;
  return tree.children.find(({ name }) => name === 'chosen')!.properties;
};
const code = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
  return undefined;
};

describe('Linux', () => {
  test('goes where QEMU puts it', () => {
    const result = plan({ kernel: image(), initrd: new Uint8Array(0x1234), append: 'quiet' });
    expect(places(result)).toEqual([
      ['the kernel', 0x4020_0000],
      ['the initial RAM disk', 0x4800_0000],
      ['the device tree', 0x4820_0000],
    ]);
    expect(result).toMatchObject({ entry: 0x4020_0000, el: 1, psci: 'hvc', registers: [0x4820_0000, 0, 0, 0] });
    expect(chosen(result).get('linux,initrd-end')).toEqual(Uint8Array.of(0, 0, 0, 0, 0x48, 0, 0x12, 0x34));
    expect(chosen(result).get('bootargs')).toEqual(text('quiet\0'));
  });

  test('in little RAM the initial RAM disk follows the kernel', () => {
    const result = plan({ kernel: image({ size: 28 * MiB }), initrd: new Uint8Array(MiB) }, { memory: 52 * MiB });
    expect(places(result).map(([, address]) => address)).toEqual([0x4020_0000, 0x4000_0000 + 30 * MiB, 0x4000_0000 + 32 * MiB]);
  });

  test('has its own offset, and an old header none', () => {
    expect(plan({ kernel: image({ textOffset: 0x8_0000 }) }).entry).toBe(0x4008_0000);
    expect(plan({ kernel: image({ textOffset: 0x1234, size: 0 }) }).entry).toBe(0x4008_0000);
  });

  test('starts at EL2 where there is one, and never at EL3', () => {
    expect(plan({ kernel: image() }, { el: 2 })).toMatchObject({ el: 2, psci: 'smc' });
    expect(plan({ kernel: image() }, { el: 3 })).toMatchObject({ el: 2, psci: 'smc' });
  });
});

describe('ELF', () => {
  test('lies at its physical addresses, with the device tree at the start of RAM', () => {
    const result = plan({ kernel: elf({ entry: 0x4020_0010 }) }, { el: 3 });
    expect(places(result)).toEqual([
      ['the kernel', 0x4020_0000],
      ['the device tree', 0x4000_0000],
    ]);
    expect(result.pieces[0]).toMatchObject({ size: 0x2000, bytes: { length: 0x100 } });
    expect(result).toMatchObject({ entry: 0x4020_0010, el: 3, psci: undefined, registers: [0x4000_0000, 0, 0, 0] });
  });

  test('at the start of RAM pushes the device tree behind', () => {
    const result = plan({ kernel: elf({ address: 0x4000_0000, size: 3 * MiB }) });
    expect(result.dtbAddress).toBe(0x4040_0000);
  });
});

describe('firmware and loads', () => {
  test('a flash image is entered at 0, and fetches the kernel itself', () => {
    const flash = [{ bytes: new Uint8Array(100) }];
    expect(plan({ flash })).toMatchObject({ entry: 0, flash, dtbAddress: 0x4000_0000, registers: [0, 0, 0, 0], el: 1 });
    const kernel = text('may be anything');
    expect(plan({ flash, kernel, append: 'x' }).forFirmware).toMatchObject({ kernel, append: 'x' });
  });

  test('ELF files and raw bytes are loaded', () => {
    const loads = [
      { name: 'raw.bin', bytes: new Uint8Array(16), address: 0x4100_0000 },
      { name: 'app.elf', bytes: elf() },
    ];
    expect(plan({ loads }).entry).toBe(0x4020_0000);
    expect(plan({ loads, entry: 0x4100_0000 }).entry).toBe(0x4100_0000);
  });

  test('a device tree of the user gets what the boot loader knows', () => {
    const blob = plan({ kernel: image() }).pieces.at(-1)!.bytes;
    expect(chosen(plan({ kernel: image(), dtb: blob, append: 'mine' })).get('bootargs')).toEqual(text('mine\0'));
  });
});

test.each<[string, string, Partial<BootImages>, Partial<MachineConfig>?]>([
  ['nothing', 'boot-nothing', {}],
  ['raw bytes without entry', 'boot-no-entry', { loads: [{ name: 'a', bytes: new Uint8Array(4), address: 0x4000_0000 }] }],
  ['raw bytes without address', 'load-without-address', { loads: [{ name: 'a', bytes: new Uint8Array(4) }] }],
  ['an empty kernel', 'kernel-format', { kernel: new Uint8Array() }],
  ['a text file', 'kernel-format', { kernel: text('#!/bin/sh\necho hello\n') }],
  ['a compressed kernel', 'kernel-format', { kernel: Uint8Array.of(0x1f, 0x8b, 8, 0) }],
  ['random bytes', 'kernel-format', { kernel: Uint8Array.of(1, 2, 3, 4) }],
  ['a kernel that ends in its header', 'kernel-damaged', { kernel: image().subarray(0, 60) }],
  ['a big-endian kernel', 'kernel-big-endian', { kernel: image({ flags: 1 }) }],
  ['a kernel larger than RAM', 'boot-outside-ram', { kernel: image({ size: 60 * MiB }) }, { memory: 32 * MiB }],
  ['no room for the RAM disk', 'boot-outside-ram', { kernel: image(), initrd: new Uint8Array(17 * MiB) }, { memory: 32 * MiB }],
  ['ELF for another processor', 'elf-unsuitable', { kernel: elf({ machine: 62 }) }],
  ['ELF that is cut off', 'elf-damaged', { kernel: elf().subarray(0, 130) }],
  ['ELF below RAM', 'boot-outside-ram', { kernel: elf({ address: 0x1000 }) }],
  ['a damaged device tree', 'dtb-damaged', { kernel: image(), dtb: new Uint8Array(64) }],
  ['a flash image larger than flash', 'bios-too-large', { flash: [{ bytes: new Uint8Array(64 * MiB + 1) }] }],
  [
    'a load over the kernel',
    'boot-overlap',
    { kernel: image(), loads: [{ name: 'a', bytes: new Uint8Array(4), address: 0x4020_0100 }] },
  ],
])('refuses %s', (_what, expected, boot, more) => expect(code(() => plan(boot, more))).toBe(expected));

test('any damage to a file is the user’s, not ours', () => {
  const kernel = fc.constantFrom(image(), elf());
  const changes = fc.array(fc.tuple(fc.nat(130), fc.nat(255)), { maxLength: 4 });
  fc.assert(
    fc.property(kernel, changes, fc.nat(300), (bytes, list, length) => {
      const damaged = bytes.slice(0, length < 200 ? length : undefined);
      for (const [at, value] of list) if (at < damaged.length) damaged[at] = value;
      code(() => plan({ kernel: damaged }));
    }),
  );
});
