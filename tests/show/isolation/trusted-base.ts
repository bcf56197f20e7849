/** What must be right for cells to be apart, and how many lines it has: `node tests/show/isolation/trusted-base.ts`. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../resources/build/targets.ts';

/** Lines of sources, by what they are. Tests are none of it, nor is what only tells people of it. */
const parts: Readonly<Record<string, readonly string[]>> = {
  'the hypervisor': ['emulator/hypervisor/**/*.ts'],
  'how cells are built': ['emulator/machine/cells/*.ts', 'emulator/machine/bus.ts', 'emulator/machine/events.ts'],
  'devices of a cell': [
    ...['gic', 'gicv3', 'generic-timer', 'pl011', 'pl031'].map((device) => `emulator/devices/${device}/*.ts`),
    'emulator/devices/virtio/{block,chain,core,device,mmio,net,rng,split-ring}.ts',
  ],
};
const untrusted = /\.test\.ts$|-text\.ts$|test-[a-z]+\.ts$/;

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
