import * as fc from 'fast-check';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkHandset, describeHandset, handsetJsonSchema, moveHandset, readHandsetPlan } from './index.ts';
import { nearest } from './suggest.ts';

const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
const file = join(folder, 'phone.yaml');
for (const name of ['Image', 'disk.img']) writeFileSync(join(folder, name), 'x');

const good = `# A phone.
handset: phone
cores: 2
gic: 2
rtc: 2026-02-03T04:05:06
cells:
  linux:
    kernel: Image
    append: console=ttyAMA0
    memory: 192M
    devices:
      - uart
      - rng
      - { block: disk.img, readOnly: true }
`;

test('a good file becomes a machine', () => {
  const { problems, plan } = checkHandset(good, file);
  expect(problems).toEqual([]);
  expect(plan).toMatchObject({
    name: 'phone',
    cell: 'linux',
    settings: { cpus: 2, gic: 2, memory: 192 * 2 ** 20, rng: true, rtcSeconds: Date.UTC(2026, 1, 3, 4, 5, 6) / 1000 },
    kernel: { path: join(folder, 'Image'), role: 'kernel', place: { file, line: 8, column: 13 } },
    append: 'console=ttyAMA0',
    drives: [{ file: { path: join(folder, 'disk.img') }, readOnly: true }],
  });
});

test('a network card', () => {
  const card = '- { net: user, forward: ["tcp::8080-:80"], delay: 10ms, loss: 1%, mac: "52:54:00:00:00:01" }';
  const { problems, plan } = checkHandset(good.replace('- rng', card), file);
  expect(problems).toEqual([]);
  expect(plan?.settings.nics).toMatchObject([
    {
      ...{ mac: 0x5254_0000_0001, link: { delayNs: 10e6, loss: 0.01 } },
      network: { kind: 'user', forwards: [{ protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 8080, guestPort: 80 }] },
    },
  ]);
});

test('a radio', () => {
  const { problems, plan } = checkHandset(good.replace('- rng', '- radio'), file);
  expect([problems, plan?.settings.radio]).toEqual([[], true]);
});

test('devices on PCI', () => {
  const { problems, plan } = checkHandset(
    good.replace('readOnly: true', 'bus: pci').replace('- rng', '- { net: user, bus: pci }'),
    file,
  );
  expect(problems).toEqual([]);
  expect([plan?.drives[0]?.pci, plan?.settings.nics?.[0]?.pci]).toEqual([{}, {}]);
});

test('virtio consoles', () => {
  const { problems, plan } = checkHandset(good.replace('- rng', '- console\n      - console'), file);
  expect(problems).toEqual([]);
  expect(plan?.serial?.[0]?.ports.map(({ id, isConsole }) => [id, isConsole])).toEqual([
    [0, true],
    [1, true],
  ]);
});

/** Replaces a line of the good file; the problems as `line:column code message (hint)`. */
function problemsWith(line: string, replacement: string): string[] {
  expect(good).toContain(line);
  return checkHandset(good.replace(line, replacement), file).problems.map(
    ({ code, message, hint, range }) => `${range?.line}:${range?.column} ${code} ${message}${hint ? ` (${hint})` : ''}`,
  );
}

describe('each mistake is told at its place', () => {
  test.each([
    ['cores: 2', 'coers: 2', '3:1 unknown-key unknown key "coers" (did you mean cores?)'],
    ['    memory: 192M', '    memory: 192M\n    kernal: Image', '11:5 unknown-key unknown key "kernal" (did you mean kernel?)'],
    ['kernel: Image', 'kernel: Imago', `8:13 missing-file there is no file "Imago" (looked for ${join(folder, 'Imago')})`],
    ['kernel: Image', 'kernel: .', '8:13 not-a-file "." is a folder (name a file in it)'],
    ['kernel: Image', 'kernel: guest:No', '8:13 missing-file there is no file "guest:No" (pocketvisor guests fetch No)'],
    ['memory: 192M', 'memory: 192', '10:13 bad-value "memory": a size with its unit is needed, such as 192M'],
    ['memory: 192M', 'memory: 192X', '10:13 bad-value "memory": a size with its unit is needed, such as 192M'],
    ['memory: 192M', 'memory: 9G', '10:13 out-of-range 9G of memory is out of range (a machine can have from 1M to 1920M)'],
    ['    memory: 192M\n', '', '7:3 missing-key "memory" is missing (add memory:)'],
    ['gic: 2', 'gic: 5', '4:6 bad-value "gic": 5 is not known (one of: 2, 3)'],
    ['cores: 2', 'cores: 9', '3:8 bad-value "cores": 9 is out of range (at most 8)'],
    ['cores: 2', 'cores: many', '3:8 bad-value "cores" has to be a number'],
    ['cores: 2', 'board: vrit', '3:8 bad-value "board": "vrit" is not known (did you mean virt?)'],
    ['gic: 2', 'clock: x', '4:1 not-available "clock" is not available in this version (take it out)'],
    ['- rng', '- gpu', '13:9 not-available the device "gpu" is not available in this version (take it out)'],
    [
      '- rng',
      '- { display: ramfb, width: 640 }',
      '13:9 conflict the guest chooses the size of a ramfb (leave width and height out)',
    ],
    [
      '- rng',
      '- { display: virtio-gpu, width: 5000 }',
      '13:9 out-of-range a screen of 5000x800 is out of range (each side has 16 to 4095 pixels)',
    ],
    ['- rng', '- { net: user, loss: 200% }', '13:28 bad-value "loss": "200%" will not do (such as 1%)'],
    ['- rng', '- { net: user, mac: x }', '13:27 bad-value "mac": "x" will not do (such as 52:54:00:12:34:56)'],
    ['- rng', '- { net: user, forward: ["80"] }', '13:31 bad-value "forward": "80" will not do (such as tcp::8080-:80)'],
    ['- rng', '- rgn', '13:9 unknown-device unknown device "rgn" (did you mean rng?)'],
    ['rtc: 2026-02-03T04:05:06', 'rtc: soon', '5:6 bad-value "rtc": "soon" is not a date (2026-01-01T12:00:00)'],
    ['  linux:', '  9linux:', '7:3 bad-name a name begins with a letter and has letters, digits, - and _'],
    ['gic: 2', 'gic: [2', '5:1 yaml Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['gic: 2', 'cores: 2', '4:1 yaml Map keys must be unique'],
    ['    kernel: Image\n', '', '7:3 nothing-to-run the cell "linux" has nothing to run (add image:, kernel: or bios:)'],
    [
      '    kernel: Image\n',
      '    kernel: Image\n    image: Image\n',
      '9:12 conflict "image" and "kernel" exclude each other (leave one)',
    ],
  ])('%j -> %j', (line, replacement, expected) => {
    expect(problemsWith(line, replacement)[0]).toBe(expected);
  });
});

test.each([
  ['a kernel', `\x7fELF${'\ufffd'.repeat(9)}`, '1:1 not-text this is not a text (a handset file is YAML)'],
  ['what begins well', `${good}\n  x: \0`, '16:6 not-text this is not a text (a handset file is YAML)'],
  [
    'a log',
    'all is well\n'.repeat(1e5),
    '1:1 too-large this file is too large: more than a million characters (a handset file is YAML)',
  ],
  ['brackets', '['.repeat(1e5), /^1:\d+ yaml this is nested too deeply$/],
  [
    'aliases of aliases',
    ['a: &a [1, 1]', ...[...'bcdefghij'].map((name, n) => `${name}: &${name} [${`*${'abcdefghij'[n]}, `.repeat(9)}]`)].join('\n'),
    '1:1 yaml the aliases of this file lead to themselves, or grow without end (write it out)',
  ],
])('%s: one message, however much is wrong', (_what, text, expected) => {
  const problems = checkHandset(text, file).problems.map(
    ({ code, message, hint, range }) => `${range?.line}:${range?.column} ${code} ${message}${hint ? ` (${hint})` : ''}`,
  );
  expect(problems).toEqual([typeof expected === 'string' ? expected : expect.stringMatching(expected)]);
});

test('all problems are told, in the order of the text', () => {
  const text = good.replace('cores: 2', 'cores: 0').replace('handset: phone', 'handset: 7').replace('gic: 2', 'gic: 1');
  expect(checkHandset(text, file).problems.map(({ range }) => range?.line)).toEqual([2, 3, 4]);
});

test('reading a bad file throws its first error', () => {
  writeFileSync(file, good.replace('cores', 'coers'));
  expect(() => readHandsetPlan(file)).toThrow(
    expect.objectContaining({ code: 'unknown-key', place: { file, line: 3, column: 1 } }),
  );
  expect(() => readHandsetPlan(join(folder, 'none.yaml'))).toThrow(/there is no such file/);
});

test('no text makes the check fail in another way than by problems', () => {
  const line = fc.oneof(
    fc.constantFrom(...good.split('\n')),
    fc.string(),
    fc.constantFrom('a: &a [*a]', 'cells: {}', '- x', '---', '? [a]: b'),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const { problems, plan } = checkHandset(lines.join('\n'), file);
      expect(plan !== undefined || problems.length > 0).toBe(true);
      for (const { range } of problems) if (range) expect(Math.min(range.line, range.column)).toBeGreaterThan(0);
    }),
    { numRuns: 300 },
  );
});

test('a copy in another folder names the same files', () => {
  const moved = moveHandset(good, file, join(folder, 'sub/own.yaml'));
  expect(moved).toContain('kernel: "../Image"');
  expect(moved).toContain('{ block: "../disk.img", readOnly: true }');
  expect(moved).toContain('# A phone.');
});

test('the comment at the top describes a handset', () => {
  expect(describeHandset(good, file)).toEqual({ name: 'phone', description: 'A phone.' });
});

test('the editor gets a JSON Schema that has every key', () => {
  const { properties } = handsetJsonSchema() as { properties: Record<string, unknown> };
  expect(Object.keys(properties)).toEqual(expect.arrayContaining(['handset', 'board', 'cores', 'cells']));
});

test('the nearest word is suggested only when it is near', () => {
  const words = ['kernel', 'initrd', 'append'];
  expect(['kernal', 'intird', 'apend', 'memory', ''].map((word) => nearest(word, words))).toEqual([
    'kernel',
    'initrd',
    'append',
    undefined,
    undefined,
  ]);
});
