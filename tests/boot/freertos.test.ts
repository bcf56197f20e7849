/** FreeRTOS judges itself: its images end with FREERTOS PASS or FAIL. They run by the QEMU command line that comes with them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { pocketvisor } from '../support/pocketvisor.ts';
import { bootTest } from './support/boot-test.ts';
import { imageFolder } from './support/images.ts';

interface Image {
  qemu: string[];
  expect: string[];
  reject: string[];
}

for (const image of ['freertos-el1-gicv2', 'freertos-el1-gicv3']) {
  bootTest(image, { images: [image] }, async () => {
    const folder = imageFolder(image) as string;
    const { qemu, ...patterns } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Image;
    const args = qemu.map((arg, index) => (qemu[index - 1] === '-kernel' ? join(folder, arg) : arg));
    const { code, output, errors } = await pocketvisor('qemu', ...args);
    expect(code, output.slice(-1000) + errors).toBe(0);
    let rest = output;
    for (const pattern of patterns.expect) {
      const found = new RegExp(pattern, 'm').exec(rest);
      expect(found, `${pattern} in ${rest.slice(0, 500)}`).not.toBeNull();
      rest = rest.slice((found?.index ?? 0) + (found?.[0].length ?? 0));
    }
    for (const pattern of patterns.reject) expect(output).not.toMatch(new RegExp(pattern, 'm'));
  });
}
