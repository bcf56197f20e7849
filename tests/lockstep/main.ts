/**
 * Runs a guest in lock-step with qemu-system-aarch64 and names the first instruction that differs:
 * `node tests/lockstep/main.ts --kernel Image [--initrd F] [--append TEXT] [--bios F] [--cpu cortex-a57] [--memory MiB] [--gic 3]
 * [--el 2] [--dom0-kernel Image] [--dom0-initrd F] [--dom0-append TEXT] [--count N] [--from N] [--vectors] [--console]`. Exit code 1 where something differs.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { BootImages, MachineConfig } from '../../emulator/machine/types.ts';
import { machineFor } from './config.ts';
import { report } from './report.ts';
import { compare } from './run.ts';

const { values } = parseArgs({
  options: {
    kernel: { type: 'string' },
    initrd: { type: 'string' },
    append: { type: 'string' },
    bios: { type: 'string' },
    cpu: { type: 'string', default: 'cortex-a57' },
    memory: { type: 'string', default: '512' },
    gic: { type: 'string', default: '3' },
    el: { type: 'string', default: '1' },
    'dom0-kernel': { type: 'string' },
    'dom0-initrd': { type: 'string' },
    'dom0-append': { type: 'string' },
    count: { type: 'string', default: 'Infinity' },
    from: { type: 'string', default: 'Infinity' },
    vectors: { type: 'boolean', default: false },
    console: { type: 'boolean', default: false },
  },
});

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;
const kernelOf = (path: string): Uint8Array => {
  const bytes = readFileSync(path);
  return isGzip(bytes) ? gunzipSync(bytes) : bytes;
};

const boot: BootImages = { loads: [] };
if (values.kernel) boot.kernel = kernelOf(values.kernel);
if (values.initrd) boot.initrd = readFileSync(values.initrd);
if (values.append) boot.append = values.append;
if (values.bios) boot.flash = [{ bytes: readFileSync(values.bios) }];
const { 'dom0-kernel': guest, 'dom0-initrd': guestDisk, 'dom0-append': bootargs } = values;
if (guest) {
  boot.modules = [{ kind: 'kernel', bytes: kernelOf(guest), ...(bootargs === undefined ? {} : { bootargs }) }];
  if (guestDisk) boot.modules.push({ kind: 'ramdisk', bytes: readFileSync(guestDisk) });
}
const config = machineFor(boot, {
  memory: Number(values.memory) * 2 ** 20,
  gic: Number(values.gic) as MachineConfig['gic'],
  el: Number(values.el) as MachineConfig['el'],
  cpu: values.cpu as MachineConfig['cpu'],
});

// So that QEMU is stopped too.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
const started = performance.now();
const comparison = await compare({
  config,
  count: Number(values.count),
  from: Number(values.from),
  vectors: values.vectors,
  onProgress: (count) => process.stderr.write(`\r${(count / 1e6).toFixed(1)} million instructions agree `),
  ...(values.console ? { onConsole: (bytes: Uint8Array) => void process.stderr.write(bytes) } : {}),
});
process.stderr.write('\n');
process.stdout.write(`${report(comparison)}${((performance.now() - started) / 1000).toFixed(1)} s\n`);
process.exitCode = comparison.difference ? 1 : 0;
