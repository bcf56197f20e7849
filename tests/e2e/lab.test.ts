/** A lab from the command line, with small guests that come with the product. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { guestFile } from '../../resources/guests/build.ts';
import { pocketvisor } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';

const folder = scratchFolder();
const file = join(folder, 'lab.yaml');
const machine = `cells: { hello: { image: ${JSON.stringify(guestFile('hello'))}, memory: 64M } }`;
writeFileSync(file, `lab: pair\nmachines:\n  one: { ${machine} }\n  two: { cores: 2, ${machine} }\n`);

async function lab(...options: string[]) {
  const { code, output, errors } = await pocketvisor('run', '--wall', '100s', '--json', ...options, file);
  const lines = output.trimEnd().split('\n');
  return { code, errors, lines: lines.slice(0, -1), report: JSON.parse(lines.at(-1)!) as Record<string, unknown> };
}

test('ends when all is seen, with a hash of all that equal runs have', async () => {
  const options = ['--send', 'two:hello> $=>uptime\\n', '--expect', 'one:hello> $', '--expect', 'two:uptime\\n.*\\d'];
  const [first, second] = [await lab(...options), await lab(...options)];
  expect(first).toMatchObject({ code: 0, errors: '' });
  expect(first.lines.every((line) => /^\[(one|two)\] /.test(line))).toBe(true);
  expect(first.lines.join('\n')).toMatch(/^\[two\] .*uptime$/m);
  const ended = { outcome: 'expected', exitCode: 0 };
  expect(first.report).toMatchObject({ ...ended, machines: [{ name: 'one', outcome: 'expected' }, { name: 'two' }] });
  expect(second.report['stateHash']).toBe(first.report['stateHash']);
  expect(second.report['machines']).toMatchObject(
    (first.report['machines'] as { stateHash: string }[]).map(({ stateHash }) => ({ stateHash })),
  );
});

test('the exit code is that of the machine that has failed', async () => {
  const off = ['--send', 'one:hello> $=>poweroff\\n'];
  const [awaited, unexpected, late] = [
    await lab(...off, '--expect', 'one:never'),
    await lab(...off, '--fail', 'two:bare metal'),
    await lab(...off, '--timeout', '2s', '--expect', 'two:never'),
  ];
  expect(awaited).toMatchObject({ code: 1, report: { outcome: 'poweroff' } });
  expect(awaited.errors).toContain('one: the guest powered off; still awaited: never');
  expect(awaited.report).toMatchObject({ machines: [{ outcome: 'poweroff' }, { outcome: 'running' }] });
  expect(unexpected).toMatchObject({ code: 1, report: { outcome: 'fail' } });
  expect(late).toMatchObject({ code: 3, report: { outcome: 'timeout', machines: [{ outcome: 'poweroff' }, {}] } });
  expect(late.errors).toContain('two: --timeout ran out; still awaited: never');
});

test('a mistake has its place', async () => {
  writeFileSync(join(folder, 'bad.yaml'), `lab: bad\nmachines:\n  one: { ${machine} }\nswitches:\n  lan: { uno: }\n`);
  const { code, errors } = await pocketvisor('check', join(folder, 'bad.yaml'));
  expect([code, errors]).toEqual([2, expect.stringMatching(/bad\.yaml:5:10: .*there is no machine "uno".*\[unknown-machine\]/)]);
});
