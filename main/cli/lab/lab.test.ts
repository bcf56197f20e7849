import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LabCommand, LabEvent, LabResult } from '../../../emulator/machine/lab/types.ts';
import { checkFile } from '../../services/lab/index.ts';
import type { RunOptions } from '../run/options.ts';
import { labCommand } from './command.ts';
import { keepOutput } from '../output.test-support.ts';

const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
const image = Buffer.alloc(128);
image.write('ARMd', 56, 'latin1');
writeFileSync(join(folder, 'Image'), image);

const cells = 'cells: { linux: { kernel: Image, memory: 64M } }';
const text = `lab: pair\nmachines:\n  a: { ${cells} }\n  b: { ${cells} }\nswitches: { lan: { a: , b: } }\n`;
const plan = () => checkFile(text, join(folder, 'lab.yaml')).lab!;

const written = keepOutput();

const result = (outcome: LabResult['outcome'], matched: string[] = []): LabResult => ({
  ...{
    outcome,
    matched,
    matchedNs: [],
    virtualNs: 2e9,
    instructions: 3000,
    wallMs: 10,
    stateHash: 'sha256:00',
    input: [],
    exits: {},
  },
  tiers: { cold: 3000, hot: 0, compileMs: 0, modules: 0 },
});

/** Runs with a worker that does what the test says once it is started. */
async function run(options: RunOptions, act: (emit: (event: LabEvent) => void) => void) {
  const commands: LabCommand[] = [];
  let emit: (event: LabEvent) => void = () => {};
  const code = await labCommand(plan(), options, () => ({
    post(command) {
      commands.push(command);
      if (command.type === 'start-lab') setImmediate(() => act(emit));
    },
    onEvent: (listener) => (emit = listener),
    onFailure: () => {},
    terminate: () => {},
  }));
  return { code, commands };
}

const say = (machine: number, words: string): LabEvent => ({
  ...{ type: 'machine', machine },
  event: { type: 'console', bytes: new TextEncoder().encode(words) },
});
const ended = (outcome: Extract<LabEvent, { type: 'ended' }>['outcome'], ...results: LabResult[]): LabEvent => ({
  ...{ type: 'ended', outcome, stateHash: 'sha256:ff', results, wallMs: 20 },
});

test('consoles are whole lines with names before them, the JSON is last', async () => {
  const { code, commands } = await run({ json: true }, (emit) => {
    emit(say(0, 'hel'));
    emit(say(1, 'one\r\ntwo\r\nlogin: '));
    emit(say(0, 'lo\r\n'));
    emit(ended('poweroff', result('poweroff'), result('poweroff')));
  });
  const lines = written.out.trimEnd().split('\n');
  expect(lines.slice(0, -1)).toEqual(['[b] one', '[b] two', '[a] hello', '[b] login: ']);
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({
    ...{ outcome: 'poweroff', exitCode: 0, instructions: 6000, stateHash: 'sha256:ff', deterministic: true },
    machines: [
      { name: 'a', outcome: 'poweroff', stateHash: 'sha256:00', cells: [{ name: 'linux' }] },
      { name: 'b', outcome: 'poweroff' },
    ],
  });
  expect([code, written.err]).toEqual([0, '']);
  expect(commands[0]).toMatchObject({ type: 'start-lab', lab: { seed: 1, machines: [{ name: 'a' }, { name: 'b' }] } });
});

test('conditions are of the machine that they name', async () => {
  const options = { send: ['a:x: =>y\\n'], expect: ['b:^ready', 'a:done'], fail: ['panic', 'a:oops'], timeout: 1e9 };
  const { commands } = await run(options, (emit) => emit(ended('expected', result('expected'), result('expected'))));
  const [start] = commands as [Extract<LabCommand, { type: 'start-lab' }>];
  expect(start.lab.machines.map(({ script }) => script)).toEqual([
    { sends: [{ pattern: 'x: ', text: 'y\n' }], expects: ['done'], fail: '(?:panic)|(?:oops)', timeoutNs: 1e9 },
    { sends: [], expects: ['^ready'], fail: 'panic', timeoutNs: 1e9 },
  ]);
});

test.each([
  ['expected', [result('expected', ['x']), result('poweroff')], 0, ''],
  ['poweroff', [result('running'), result('poweroff')], 1, /^pocketvisor: a: still awaited: x\n$/],
  ['timeout', [result('timeout'), result('timeout', ['x'])], 3, /^pocketvisor: a: --timeout ran out; still awaited: x\n/],
  ['guest-fault', [result('running'), result('guest-fault')], 4, /b: the guest cannot go on/],
] as const)('%s', async (outcome, results, exitCode, message) => {
  const { code } = await run({ expect: ['a:x'] }, (emit) => emit(ended(outcome, ...results)));
  expect(code).toBe(exitCode);
  expect(written.err).toMatch(message);
});

describe('refused by name', () => {
  test.each([
    [{ cpus: 2 }, '--cpus: not for a lab'],
    [{ monitorScript: 'x' }, '--monitor-script: not for a lab'],
    [{ threads: 'auto' }, '--threads: the machines of a lab take turns'],
    [{ speed: 1 }, '--speed: a lab runs as fast as it can'],
    [{ expect: ['login:'] }, '--expect: "login:" does not say of which machine'],
    [{ console: ['c=x'] }, '--console: there is no console "c"'],
  ] as [RunOptions, string][])('%j', async (options, message) => {
    await expect(run(options, () => {})).rejects.toThrow(message);
  });
});
