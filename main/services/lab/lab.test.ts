import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkFile, fileJsonSchema, readDescription, readMachine } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
const file = join(folder, 'lab.yaml');
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
write('Image', 'x');
write('phone.yaml', 'handset: phone\ncells:\n  linux: { kernel: Image, memory: 64M, devices: [uart, { net: user }] }\n');
write('bad.yaml', 'handset: bad\ncells:\n  linux: { kernal: Image, memory: 64M }\n');

const good = `# Two machines.
lab: pair
seed: 7
machines:
  phone: { handset: phone.yaml }
  server:
    cores: 2
    cells:
      linux: { kernel: Image, memory: 64M }
switches:
  lan:
    phone: { delay: 3ms, loss: 1% }
    server:
  uplink:
    server: { mac: "52:54:00:00:00:99", bandwidth: 10M, bus: pci }
`;

test('a good file becomes machines with cards at switches', () => {
  const { problems, lab } = checkFile(good, file);
  expect(problems).toEqual([]);
  expect(lab).toMatchObject({
    name: 'pair',
    seed: 7,
    machines: [
      {
        name: 'phone',
        plan: { settings: { nics: [{ network: { kind: 'user' } }, { mac: 0x5254_0000_0101, network: { kind: 'wire' } }] } },
        wires: [{ nic: 1, switch: 'lan', link: { delayNs: 3e6, loss: 0.01 } }],
      },
      {
        name: 'server',
        plan: {
          settings: { cpus: 2, seed: 2, nics: [{ mac: 0x5254_0000_0200 }, { mac: 0x5254_0000_0099, pci: {} }] },
          kernel: { path: join(folder, 'Image'), place: { file, line: 9, column: 24 } },
        },
        wires: [
          { nic: 0, switch: 'lan', link: {} },
          { nic: 1, switch: 'uplink', link: { bitsPerSecond: 10e6 } },
        ],
      },
    ],
  });
});

describe('each mistake is told at its place', () => {
  test.each([
    ['seed: 7', 'sede: 7', '3:1 unknown-key unknown key "sede" (did you mean seed?)'],
    ['phone.yaml', 'none.yaml', /^5:21 missing-file .*none\.yaml: there is no such file$/],
    ['phone.yaml', 'bad.yaml', /^5:21 unknown-key .*bad\.yaml:3:12: .*kernal.*did you mean kernel/],
    ['handset: phone.yaml', 'handset: phone.yaml, cores: 2', '5:33 unknown-key unknown key "cores" (known keys: handset)'],
    ['cores: 2', 'coers: 2', '7:5 unknown-key unknown key "coers" (did you mean cores?)'],
    ['cores: 2', 'cores: 9', '7:12 bad-value "cores": 9 is out of range (at most 8)'],
    ['kernel: Image', 'kernel: Imago', /^9:24 missing-file there is no file "Imago"/],
    ['    server:\n', '    servre:\n', '13:5 unknown-machine there is no machine "servre" (did you mean server?)'],
    ['delay: 3ms', 'delay: 3m5', '12:21 bad-value "delay": "3m5" will not do (such as 10ms)'],
    ['delay: 3ms', 'latency: 3ms', '12:14 unknown-key unknown key "latency" (known keys: mac, delay, bandwidth, loss, bus)'],
    [
      '    server:\n',
      '    server: { mac: "52:54:00:00:01:01" }\n',
      '13:13 conflict two cards at this switch have one address (mac: for one of them)',
    ],
    ['lab: pair', 'lab: 7', '2:6 bad-value "lab" has to be a text'],
  ])('%j -> %j', (line, replacement, expected) => {
    expect(good).toContain(line);
    const [first] = checkFile(good.replace(line, replacement), file).problems;
    const { range, code, message, hint } = first!;
    const text = `${range?.line}:${range?.column} ${code} ${message}${hint ? ` (${hint})` : ''}`;
    if (typeof expected === 'string') expect(text).toBe(expected);
    else expect(text).toMatch(expected);
  });

  test('no machines, and too many', () => {
    expect(checkFile('lab: x\nmachines: {}\n', file).problems).toMatchObject([{ code: 'missing-key' }]);
    const many = Array.from({ length: 17 }, (_, n) => `  m${n}: { handset: phone.yaml }\n`).join('');
    expect(checkFile(`lab: x\nmachines:\n${many}`, file).problems).toMatchObject([
      { message: '17 machines', hint: 'a lab can have 16' },
    ]);
  });
});

test('a file is a lab or a handset; where one machine is wanted, a lab is refused', () => {
  write('lab.yaml', good);
  expect(readDescription(file).lab?.machines).toHaveLength(2);
  expect(readMachine(join(folder, 'phone.yaml'))).toMatchObject({ name: 'phone' });
  expect(() => readMachine(file)).toThrow('is a lab of several machines');
});

test('the editor gets a JSON Schema for both', () => {
  const schema = fileJsonSchema() as Record<'then' | 'else', { properties: Record<string, unknown> }>;
  expect(Object.keys(schema.then.properties)).toEqual(expect.arrayContaining(['lab', 'machines', 'switches']));
  expect(Object.keys(schema.else.properties)).toEqual(expect.arrayContaining(['handset', 'cells']));
});
