import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needs } from '../../tests/support/packages.ts';
import { adaptDeviceTree, deviceTree, type DeviceTreeConfig } from './device-tree.ts';
import { node, readFdt, writeFdt, type TreeNode } from './fdt.ts';
import { virt } from './virt.ts';

const base: DeviceTreeConfig = {
  cpus: 2,
  memory: 0x2000_0000,
  gic: 3,
  its: true,
  el: 1,
  cpu: 'cortex-a57',
  seed: 1,
  psci: 'hvc',
};
const configs: DeviceTreeConfig[] = [
  base,
  { ...base, its: false },
  { ...base, gic: 2, cpus: 4 },
  { ...base, gic: 2, el: 2, psci: 'smc', memory: 0x4000_0000, cpu: 'cortex-a53' },
  { ...base, gic: 3, el: 2, psci: 'smc', cpu: 'max' },
];

const withoutHost = ['-display', 'none', '-nic', 'none'];

/** QEMU has these, we do not. */
const absent = ['platform-bus@c000000'];

/** A tree as lines, in an order of its own; references and seeds, which may be any, left out, those among other cells as names. */
function lines(tree: TreeNode, path = '', names = namesOf(tree)): string[] {
  const any = /phandle|^clocks|interrupt-parent|gpios|^cpu$|seed/;
  const text = (key: string, value: Uint8Array) =>
    key === 'interrupt-map' || key === 'msi-map'
      ? cellsOf(value).map((cell) => names.get(cell) ?? cell)
      : Buffer.from(value).toString('latin1');
  const own = [...tree.properties].map(([key, value]) => `${path}${key} = ${any.test(key) ? '' : text(key, value)}`);
  const inner = tree.children
    .filter(({ name }) => !absent.includes(name))
    .flatMap((child) => lines(child, `${path}${child.name}/`, names));
  return [...own, ...inner].sort();
}

const cellsOf = (value: Uint8Array) => Array.from({ length: value.length / 4 }, (_, n) => Buffer.from(value).readUInt32BE(4 * n));

/** Nodes by their phandles. */
function namesOf({ name, properties, children }: TreeNode): Map<number, string> {
  const own = properties.get('phandle');
  return new Map([...(own ? [[cellsOf(own)[0]!, name] as const] : []), ...children.flatMap((child) => [...namesOf(child)])]);
}

describe.skipIf(needs('qemu-system-arm'))('has the nodes and properties of QEMU', () => {
  test.each(configs)('$gic $its $el $cpus $cpu', ({ gic, its, el, cpus, memory, cpu, ...config }) => {
    const file = join(mkdtempSync(join(tmpdir(), 'dtb-')), 'qemu.dtb');
    const machine = `virt,gic-version=${gic},its=${its ? 'on' : 'off'},virtualization=${el === 2 ? 'on' : 'off'},dumpdtb=${file}`;
    const options = ['-M', machine, '-cpu', cpu, '-smp', `${cpus}`, '-m', `${memory / 0x10_0000}`, ...withoutHost];
    execFileSync('qemu-system-aarch64', options, { stdio: 'ignore' });
    const theirs = readFdt(readFileSync(file));
    rmSync(dirname(file), { recursive: true });
    expect(lines(deviceTree(virt, { gic, its, el, cpus, memory, cpu, ...config }))).toEqual(lines(theirs as TreeNode));
  });
});

describe.skipIf(needs('device-tree-compiler'))('dtc reads the blob without a warning', () => {
  test.each(configs)('$gic $its $el $cpus $cpu', (config) => {
    const range = { base: 0x4800_0000, size: 0x1234 };
    const modules = [{ ...range, kind: 'kernel' as const, bootargs: 'console=hvc0' }];
    const blob = writeFdt(deviceTree(virt, { ...config, bootargs: 'console=ttyAMA0', initrd: range, modules }));
    const file = join(mkdtempSync(join(tmpdir(), 'dtb-')), 'ours.dtb');
    writeFileSync(file, blob);
    // Node names under /cpus/cpu-map and the like are checked too; what it has to say goes to standard error.
    const output = execFileSync('sh', ['-c', `dtc -I dtb -O dts '${file}' 2>&1 >/dev/null`], { encoding: 'utf8' });
    rmSync(dirname(file), { recursive: true });
    expect(output).toBe('');
  });
});

test('a tree of the user gets memory, arguments and the initial RAM disk', () => {
  const root = node('', {}, node('memory@0', { reg: [0, 0] }), node('board', { here: true }));
  adaptDeviceTree(root, virt, 0x1000_0000, { bootargs: 'quiet', initrd: { base: 0x4800_0000, size: 0x10 } });
  expect(lines(root)).toEqual([
    'board/here = ',
    'chosen/bootargs = quiet\0',
    'chosen/linux,initrd-end = \0\0\0\0H\0\0\x10',
    'chosen/linux,initrd-start = \0\0\0\0H\0\0\0',
    'memory@40000000/device_type = memory\0',
    'memory@40000000/reg = \0\0\0\0@\0\0\0\0\0\0\0\x10\0\0\0',
  ]);
});

test('the same seed gives the same blob, another seed another', () => {
  const blob = (seed: number) => writeFdt(deviceTree(virt, { ...base, seed }));
  expect(blob(7)).toEqual(blob(7));
  expect(blob(7)).not.toEqual(blob(8));
});
