import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkCommand } from './check.ts';
import { keepOutput } from '../output.test-support.ts';

const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
const file = join(folder, 'phone.yaml');
const image = Buffer.alloc(128);
image.write('ARMd', 56, 'latin1');
const foreign = Buffer.alloc(128);
foreign.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
foreign[18] = 62;
for (const [name, bytes] of Object.entries({ Image: image, 'x86.elf': foreign, empty: '', text: 'no kernel\n' }))
  writeFileSync(join(folder, name), bytes);

const written = keepOutput();

/** Two cells with those images, the second's behind `initrd: empty` or so. */
function check(first: string, second: string, options = {}): number {
  const cell = (name: string, images: string) => `  ${name}:\n    memory: 4M\n    ${images}\n`;
  writeFileSync(file, `handset: phone\nboard: evoke\ncells:\n${cell('one', first)}${cell('two', second)}`);
  return checkCommand(file, options);
}

test('what cannot be a guest is refused at its line, before anybody runs it', () => {
  expect(check('image: x86.elf', 'kernel: text')).toBe(2);
  expect(written.out).toBe('');
  expect(written.err.trimEnd().split('\n')).toEqual([
    expect.stringMatching(
      /phone\.yaml:6:12: image .*x86\.elf: .* another machine .* \(AArch64 is needed\) \[wrong-architecture\]$/,
    ),
    expect.stringMatching(/phone\.yaml:9:13: kernel .*text: this is not a kernel: it is text .* \[not-a-kernel\]$/),
  ]);
});

test('--json has it as it has other problems', () => {
  expect(check('image: Image', 'image: empty', { json: true })).toBe(2);
  const { ok, problems, machine } = JSON.parse(written.out) as { ok: boolean; problems: unknown[]; machine?: unknown };
  expect([ok, machine, written.err]).toEqual([false, undefined, '']);
  expect(problems).toMatchObject([{ severity: 'error', code: 'empty-file', file, range: { line: 9, column: 12 } }]);
});

test('images that are right are shown with what becomes of them', () => {
  expect([check('image: Image', 'image: Image'), written.err]).toEqual([0, '']);
  expect(written.out).toMatch(/: ok\n[^]*2 cells under the hypervisor/);
});
