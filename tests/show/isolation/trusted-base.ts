/** What must be right for cells to be apart, and how many lines it has: `node tests/show/isolation/trusted-base.ts`. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../resources/build/targets.ts';

/** Lines of sources, by what they are. */
const parts: Readonly<Record<string, readonly string[]>> = {
  'the hypervisor': ['emulator/hypervisor/**/*.ts'],
  'how cells are built': ['emulator/machine/cells/*.ts', 'emulator/machine/bus.ts', 'emulator/machine/events.ts'],
  'devices of a cell': [
    'emulator/machine/devices.ts',
    ...['gic', 'gicv2', 'gicv3', 'generic-timer', 'pl011', 'pl031', 'served-disk'].map(
      (device) => `emulator/devices/${device}/*.ts`,
    ),
    'emulator/devices/virtio/{block,block-request,chain,core,device,mmio,net,rng,sectors,split-ring}.ts',
    'emulator/devices/virtio/{gpu,input}/*.ts',
    'emulator/devices/ramfb/*.ts',
  ],
  'what cells share: display, keys, switch': [
    'emulator/screen/*.ts',
    'emulator/machine/displays.ts',
    'emulator/machine/hid/*.ts',
    'emulator/network/switch/*.ts',
  ],
};
/**
 * Not of it: tests, what only tells people, and the interrupt controller's CPU interfaces with their list registers, which are the board's
 * hardware as cores and their stage 2 are; nor LPIs, which no cell has. A cell's distributor is a model of ours.
 */
const untrusted =
  /\.test\.ts$|-text\.ts$|test-[a-z]+\.ts$|(cpu-interface|cpu-frame|virtual|virtual-interface|list-registers|ic[ch]-registers|lpis)\.ts$/;

export interface Part {
  readonly name: string;
  readonly files: number;
  readonly lines: number;
}

export function trustedBase(): Part[] {
  return Object.entries(parts).map(([name, patterns]) => {
    const files = globSync([...patterns], { cwd: root }).filter((file) => !untrusted.test(file));
    const lines = files.map((file) => readFileSync(join(root, file), 'utf8').split('\n').length - 1);
    return { name, files: files.length, lines: lines.reduce((sum, each) => sum + each, 0) };
  });
}

if (import.meta.main) {
  const found = trustedBase();
  for (const { name, files, lines } of found) console.log(`${String(lines).padStart(6)} lines  ${name} (${files} files)`);
  console.log(`${String(found.reduce((sum, { lines }) => sum + lines, 0)).padStart(6)} lines in all`);
}
