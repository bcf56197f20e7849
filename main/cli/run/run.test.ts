import * as fc from 'fast-check';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { EmulatorProfile } from '../../../emulator/machine/types.ts';
import { defaultPlan } from '../../services/machines/plan.ts';
import { readWav } from '../../services/sound/wav.ts';
import { endedWell, FakeWorker } from '../../services/machines/fake-worker.test-support.ts';
import { runCommand } from './command.ts';
import { consoleFiles } from './consoles.ts';
import { EscapeFilter } from './escape.ts';
import { readInputLog, writeInputLog } from './input-log.ts';
import { MonitorTerminal } from './monitor.ts';
import { parseCue, parseMonitorScript } from './monitor-script.ts';
import type { RunOptions } from './options.ts';
import { applyOptions, buildScript, parseDrive, parseLoad, parseSend } from './plan.ts';
import { keepOutput } from '../output.test-support.ts';

const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
const kernel = join(folder, 'Image');
const image = Buffer.alloc(128);
image.write('ARMd', 56, 'latin1');
writeFileSync(kernel, image);

const written = keepOutput();

/** Runs with a worker that does what the test says once it is started. */
async function run(options: RunOptions, act: (worker: FakeWorker) => void) {
  const worker = new FakeWorker();
  worker.onCommand = ({ type }) => type === 'start' && setImmediate(() => act(worker));
  const code = await runCommand(undefined, { kernel, ...options }, () => worker);
  return { code, worker };
}

describe('a run', () => {
  test('shows the console and ends with 0 when the guest powers off', async () => {
    const { code, worker } = await run({}, (guest) => {
      guest.say('hello\n');
      guest.end();
    });
    expect([code, written.out, written.err, worker.terminated]).toEqual([0, 'hello\n', '', true]);
    expect(worker.commands).toMatchObject([{ type: 'start', speed: 'max', config: { memory: 512 * 2 ** 20, gic: 3 } }]);
  });

  test.each([
    [{ expect: ['a'] }, { outcome: 'expected', matched: ['a'] }, 0, ''],
    [{ expect: ['a', 'b'] }, { outcome: 'poweroff', matched: ['a'] }, 1, 'the guest powered off; still awaited: b'],
    [{ fail: ['panic'] }, { outcome: 'fail' }, 1, 'the console showed what --fail names'],
    [{ expect: ['a'], timeout: 1e9 }, { outcome: 'timeout' }, 3, '--timeout ran out; still awaited: a'],
    [{ wall: 1e9 }, { outcome: 'wall' }, 3, '--wall ran out'],
    [{}, { outcome: 'guest-fault', error: { message: 'no vectors', detail: 'PC 0' } }, 4, 'cannot go on: no vectors\nPC 0'],
    [{}, { outcome: 'internal', error: { message: 'no row', detail: 'd503201f' } }, 5, 'internal error: no row\nd503201f'],
  ] as const)('%j with %j ends with %d', async (options, result, code, message) => {
    const done = await run(options as unknown as RunOptions, (guest) =>
      guest.end(result as unknown as Parameters<FakeWorker['end']>[0]),
    );
    expect(done.code).toBe(code);
    expect(written.err).toContain(message);
  });

  test('--json is the last line, also after a line that has not ended', async () => {
    await run({ json: true }, (guest) => {
      guest.say('login: ');
      guest.end({ matched: ['login'] });
    });
    expect(written.out).toMatch(/^login: \n\{.*\}\n$/);
    expect(JSON.parse(written.out.split('\n').at(-2)!)).toEqual({
      outcome: 'poweroff',
      exitCode: 0,
      totalMs: expect.any(Number),
      virtualNs: 2e9,
      instructions: 3e6,
      wallMs: 1500,
      mips: 2,
      deterministic: true,
      stateHash: 'sha256:00',
      matched: ['login'],
      matchedNs: [],
      cells: [{ name: 'guest', instructions: 3e6, exits: {} }],
      tiers: { cold: 3e6, hot: 0, compileMs: 0, modules: 0 },
    });
  });

  test('--profile-emulator asks for a profile, and prints it beside the console', async () => {
    const counts = { total: 3_000_000, regions: 0, handlers: 1000, loop: 2_999_000 };
    const profile: EmulatorProfile = {
      instructions: counts,
      translation: { ms: 1.4, modules: 2, moduleBytes: 4096, regions: 5, variants: 60 },
      machine: { slices: 3, idleSkips: 0 },
      ...{ loop: {}, events: { WALK_READ: 0, ERET: 30 }, exceptions: { SVC: 7 }, calls: { eret: 30 } },
      handlers: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`H${n}`, 50])),
      ...{ registers: {}, devices: { 'read uart0+0x18': 12_345 } },
      host: {
        ...{ wallMs: 1500, threadMs: 1200, processMs: 2000 },
        parts: { 'cold loop': 900, runtime: 300 },
        functions: [{ name: 'walk/walk', part: 'runtime', ms: 300 }],
      },
    };
    const { worker } = await run({ profileEmulator: true, json: true }, (guest) => {
      guest.say('login: ');
      guest.end({ profile });
    });
    expect(worker.commands).toMatchObject([{ type: 'start', config: { profile: true } }]);
    expect(JSON.parse(written.out.split('\n').at(-2)!)).toMatchObject({ profile });
    expect(written.err).toMatch(/2,999,000 +100\.0 % +loop/);
    expect(written.err).toMatch(/5 regions, 2 modules of 4 KB, 1 ms; 60 variants/);
    expect(written.err).toMatch(/1\.50 s by the clock, 1\.20 s of CPU in this thread, 2\.00 s in all/);
    expect(written.err).toMatch(/900 ms +75\.0 % +cold loop/);
    expect(written.err).toMatch(/12,345 +4115\.0 \/M +read uart0\+0x18/);
    expect(written.err).toMatch(/200 +66\.7 \/M +\(4 more\)/);
    // What did not happen has no row, and a table without rows no title.
    expect(written.err).not.toMatch(/WALK_READ|idleSkips|System registers/);
  });

  test('--threads auto says that the hash can be another next time, and what does not go with it', async () => {
    const { worker } = await run({ json: true, threads: 'auto' }, (guest) => guest.end());
    expect(worker.commands).toMatchObject([{ config: { threads: 'auto' } }]);
    expect(JSON.parse(written.out)).toMatchObject({ deterministic: false, stateHash: 'sha256:00' });
    for (const [options, message] of [
      [{ record: 'log' }, '--record: no run with --threads auto can be repeated'],
      [{ replay: 'log' }, '--replay: no run with --threads auto can be repeated'],
      [{ speed: 0.5 }, '--speed: with --threads auto time is the time of the host'],
    ] as const) {
      await expect(run({ threads: 'auto', ...options }, () => {})).rejects.toThrow(message);
    }
  });

  test.each([
    [0, 'the cell modem failed: it faulted'],
    [1, 'the cell modem failed and was started again once: it faulted'],
    [7, 'the cell modem failed and was started again 7 times: it faulted'],
  ])('a cell that failed is told of where the run did not end as wished, after %d restarts', async (restarts, line) => {
    const times = { runNs: 1, overheadNs: 0, waitNs: 0, throttledNs: 0, overruns: 0, worstStartNs: 0, exits: {} };
    const modem = { ...times, name: 'modem', state: 'failed', restarts, failure: 'it faulted' } as const;
    const linux = { ...times, name: 'linux', state: 'running', restarts: 0 } as const;
    await run({ timeout: 1 }, (guest) => guest.end({ outcome: 'timeout', cells: [modem, linux] }));
    expect(written.err).toBe(`pocketvisor: --timeout ran out\npocketvisor: ${line}\n`);
    written.err = '';
    await run({ expect: ['a'] }, (guest) => guest.end({ outcome: 'expected', matched: ['a'], cells: [modem, linux] }));
    expect(written.err).toBe('');
  });

  test.each([
    [{ record: '/nowhere/log' }, '--record /nowhere/log: there is no such folder'],
    [{ record: folder }, `--record ${folder}: this is a folder`],
    [{ replay: folder }, `--replay ${folder}: this is a folder`],
    [{ monitorScript: folder }, `--monitor-script ${folder}: this is a folder`],
    [{ console: [`guest=${folder}`] }, `--console ${folder}: this is a folder`],
  ] as [RunOptions, string][])('%j is refused before anything runs', async (options, message) => {
    const start = vi.fn();
    await expect(run(options, start)).rejects.toThrow(message);
    expect(start).not.toHaveBeenCalled();
  });

  test('two consoles do not write over each other', () => {
    expect(() => consoleFiles(['one=a.log', 'two=a.log'], ['one', 'two'])).toThrow('a.log has the console of one already');
    expect(consoleFiles(['one=/dev/null', 'two=/dev/null'], ['one', 'two']).size).toBe(2);
  });

  test('--console writes to a file', async () => {
    const file = join(folder, 'console.txt');
    await run({ console: [`guest=${file}`] }, (guest) => {
      guest.say('hello\n');
      guest.end();
    });
    expect([written.out, readFileSync(file, 'utf8')]).toEqual(['', 'hello\n']);
    await expect(run({ console: ['modem=x'] }, () => {})).rejects.toThrow(/no console "modem"/);
  });

  test('several consoles share standard output, each line with its name', async () => {
    const file = join(folder, 'second.log');
    await run({ virtioConsole: 2, console: [`hvc1=${file}`] }, (guest) => {
      const say = (stream: number, text: string) =>
        guest.emit({ type: 'console', stream, bytes: new TextEncoder().encode(text) });
      say(0, 'one\ntwo');
      say(1, 'three');
      say(1, ' four\n');
      say(2, 'elsewhere\n');
      guest.end();
    });
    expect(written.out).toBe('guest | one\nhvc0  | three four\nguest | two');
    expect(readFileSync(file, 'utf8')).toBe('elsewhere\n');
    await expect(run({ console: ['hvc0=x'] }, () => {})).rejects.toThrow(/there is no console "hvc0"/);
  });

  test('--port gives a file to the guest, and takes another from it', async () => {
    const [input, output] = [join(folder, 'port.in'), join(folder, 'port.out')];
    writeFileSync(input, 'given');
    const { worker } = await run({ port: [`data=${output},input=${input}`] }, (guest) => {
      guest.emit({ type: 'console', stream: 1, bytes: new TextEncoder().encode('taken') });
      guest.end();
    });
    const bytes = new TextEncoder().encode('given');
    expect(worker.commands).toMatchObject([
      { config: { serial: [{ maxPorts: 31, ports: [{ id: 1, name: 'data', isConsole: false, input: bytes }] }] } },
    ]);
    expect([readFileSync(output, 'utf8'), written.out]).toEqual(['taken', '']);
  });

  test('--sound-out is a WAV file, and a further one for another format', async () => {
    const wav = join(folder, 'out.wav');
    const play = (guest: FakeWorker, rate: number, ...bytes: number[]) =>
      guest.emit({ type: 'sound', format: { sample: 's16', channels: 1, rate }, bytes: Uint8Array.from(bytes) });
    await run({ soundOut: wav }, (guest) => {
      play(guest, 48_000, 1, 2);
      play(guest, 48_000, 3, 4);
      play(guest, 8000, 5, 6);
      guest.end();
    });
    expect(readWav(readFileSync(wav))).toEqual({
      format: { sample: 's16', channels: 1, rate: 48_000 },
      bytes: new Uint8Array([1, 2, 3, 4]),
    });
    expect(readWav(readFileSync(join(folder, 'out-2.wav')))).toMatchObject({ format: { rate: 8000 } });
  });

  test('--record writes the input, and --replay gives it back', async () => {
    const log = join(folder, 'input.log');
    const input = [{ atNs: 5, bytes: Uint8Array.of(108, 115, 10) }];
    await run({ record: log }, (guest) => guest.end({ input }));
    expect(readFileSync(log, 'utf8')).toBe('{"atNs":5,"base64":"bHMK"}\n');
    const { worker } = await run({ replay: log }, (guest) => guest.end());
    expect(worker.commands).toMatchObject([{ script: { replay: input } }]);
  });

  test('what the guest writes to a drive goes to its file', async () => {
    const disk = join(folder, 'disk.img');
    writeFileSync(disk, Buffer.alloc(1024));
    await run({ drive: [disk] }, (guest) => {
      const [start] = guest.commands;
      const drive = start?.type === 'start' ? start.config.drives[0]! : undefined;
      new Uint8Array(drive!.image).fill(7);
      guest.emit({ type: 'drive', name: drive!.name, sector: 1, count: 1 });
      guest.end();
    });
    const bytes = readFileSync(disk);
    expect([bytes[511], bytes[512]]).toEqual([0, 7]);
  });

  test('images that cannot be booted are a mistake of the user', async () => {
    const refused = run({}, (guest) => guest.emit({ type: 'refused', code: 'x', message: 'it does not fit' }));
    await expect(refused).rejects.toMatchObject({ name: 'UserError', message: 'it does not fit' });
  });

  test('a worker that dies is a fault of ours', async () => {
    await expect(run({}, (guest) => guest.fail(new Error('broken')))).rejects.toThrow('broken');
  });

  test('SIGINT lets the machine account for itself', async () => {
    const { code } = await run({ json: true }, (guest) => {
      guest.onCommand = ({ type }) => type === 'stop' && guest.end({ outcome: 'stopped' });
      process.emit('SIGINT');
    });
    expect(code).toBe(130);
    expect(JSON.parse(written.out)).toMatchObject({ outcome: 'stopped', exitCode: 130 });
  });

  test('clones that SIGINT ended are not said to have run out of --wall', async () => {
    const cut = { ...endedWell, outcome: 'wall' } as const;
    const dead = { ...endedWell, outcome: 'guest-fault', error: { message: 'no vectors' } } as const;
    await run({ expect: ['ready'], clones: 2 }, (guest) => {
      guest.onCommand = ({ type }) =>
        type === 'stop' && guest.end({ outcome: 'expected', clones: { hostMs: 1, bytes: 0, results: [cut, dead] } });
      process.emit('SIGINT');
    });
    expect(written.err).not.toContain('--wall');
    expect(written.err).toContain('clone 2: the guest cannot go on: no vectors');
  });
});

describe('options', () => {
  const plan = (options: RunOptions) => applyOptions(defaultPlan(), options);

  test('go over what a plan has', () => {
    expect(plan({ cpus: 2, gic: 2, append: 'quiet', entry: 4, rtc: 5 })).toMatchObject({
      settings: { cpus: 2, gic: 2, memory: 512 * 2 ** 20, rtcSeconds: 5 },
      append: 'quiet',
      entry: 4,
    });
    expect(() => plan({ cpus: 9 })).toThrow(/--cpus: 9 cores are out of range/);
    expect(() => plan({ memory: 4097 * 4096 - 1 })).toThrow(/not a whole number of pages/);
  });

  test('--send is split at the last =>', () => {
    expect(parseSend('a=>b=>ls\\n')).toEqual({ pattern: 'a=>b', text: 'ls\n' });
    expect(parseSend('$ =>\\x03\\e\\\\\\q')).toEqual({ pattern: '$ ', text: '\x03\x1b\\\\q' });
    expect(() => parseSend('ls')).toThrow(/has no =>/);
    expect(() => parseSend('(=>ls')).toThrow(/not a regular expression/);
  });

  test('several --fail are alternatives', () => {
    expect(buildScript({ fail: ['a|b', 'c'] })).toEqual({ sends: [], expects: [], fail: '(?:a|b)|(?:c)' });
  });

  test('--net and --capture', () => {
    const nics = (...net: string[]) => plan({ net }).settings.nics;
    expect(nics('none')).toEqual([]);
    expect(nics('user', 'user,delay=5ms,bandwidth=1M,loss=0.5%,hostfwd=:127.0.0.1:0-:22')).toMatchObject([
      { mac: 0x5254_0012_3456, link: {}, network: { kind: 'user', restricted: false, forwards: [] } },
      {
        mac: 0x5254_0012_3457,
        link: { delayNs: 5e6, bitsPerSecond: 1e6, loss: 0.005 },
        network: { forwards: [{ protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 0, guestPort: 22 }] },
      },
    ]);
    expect(nics('user,bus=pci', 'user,bus=mmio')?.map(({ pci }) => pci)).toEqual([{}, undefined]);
    expect(() => nics('user,bus=usb')).toThrow(/bus=usb will not do/);
    expect(() => nics('tap')).toThrow(/"tap" will not do/);
    expect(() => nics('user,hostfwd=tcp:1.2.3:1-:2')).toThrow(/is not a forwarded port/);
    expect(() => nics('user,loss=2')).toThrow(/loss=2 is not a part of a whole/);
    expect(() => nics('user,gateway=1')).toThrow(/gateway=1 is not supported/);
    expect(() => nics(...Array.from({ length: 9 }, () => 'user'))).toThrow(/8 network cards/);
    expect(plan({ net: ['user'], capture: 'f' }).settings.capture).toBe(true);
    expect(() => plan({ capture: 'f' })).toThrow(/--capture: there is no network card/);
  });

  test('--input and --send-key', () => {
    expect(plan({}).settings.inputs).toBeUndefined();
    expect(plan({ input: ['keyboard', 'touch'] }).settings.inputs).toEqual([{ kind: 'keyboard' }, { kind: 'touch' }]);
    expect(() => plan({ input: ['joystick'] })).toThrow(/--input: "joystick" will not do/);
    expect(() => plan({ input: Array.from({ length: 5 }, () => 'mouse') })).toThrow(/a machine can have 4 input devices/);
    expect(() => plan({ sendKey: ['x=>ret'] })).toThrow(/--send-key: there is no keyboard/);
    const { sendKeys } = buildScript({ sendKey: ['a=>b=>shift-a ret'] });
    expect(sendKeys).toMatchObject([{ pattern: 'a=>b', keys: [{ action: { key: 42, down: true } }, {}, {}, {}, {}, {}] }]);
    expect(() => buildScript({ sendKey: ['ready'] })).toThrow(/has no =>/);
    expect(() => buildScript({ sendKey: ['ready=>enter'] })).toThrow(/--send-key: there is no key "enter"/);
    expect(() => buildScript({ sendKey: ['(=>ret'] })).toThrow(/--send-key: not a regular expression/);
  });

  test('--virtio-console, --port and --sound-in', () => {
    const { serial } = plan({ virtioConsole: 2, port: ['a=f', 'b=unix:/s,server=on,wait=off', 'c=tcp::4444', 'd=null'] });
    const [device] = serial!;
    expect(device!.ports.map(({ id, name, isConsole }) => [id, name, isConsole])).toEqual([
      ...[
        [0, undefined, true],
        [1, undefined, true],
      ],
      ...[
        [2, 'a', false],
        [3, 'b', false],
        [4, 'c', false],
        [5, 'd', false],
      ],
    ]);
    expect(device!.ports.slice(2).map(({ backend }) => backend)).toEqual([
      { kind: 'file', path: 'f' },
      { kind: 'socket', address: { path: '/s' }, server: true, wait: false },
      { kind: 'socket', address: { host: '127.0.0.1', port: 4444 }, server: false, wait: false },
      { kind: 'null' },
    ]);
    expect(plan({ port: ['a=f'] }).serial![0]!.ports[0]!.id).toBe(1);
    expect(plan({ soundIn: 'm.wav' }).sound).toEqual({ input: { path: 'm.wav', role: '--sound-in' } });
    expect(() => plan({ port: ['data'] })).toThrow(/is not NAME=FILE/);
    expect(() => plan({ port: ['a b=f'] })).toThrow(/"a b" is not a name/);
    expect(() => plan({ port: ['a=stdio'] })).toThrow(/standard output is for consoles/);
    expect(() => plan({ port: ['a=f,size=1'] })).toThrow(/size=1 is not supported/);
    expect(() => plan({ virtioConsole: 32 })).toThrow(/a machine can have 30 ports/);
  });

  test('--drive and --load', () => {
    expect(parseDrive('a.img,ro,format=raw')).toEqual({ file: { path: 'a.img', role: '--drive' }, readOnly: true });
    expect(parseDrive('a.img,bus=pci').pci).toEqual({});
    expect(parseDrive('a.img,bus=mmio').pci).toBeUndefined();
    expect(() => parseDrive('a.img,bus=usb')).toThrow(/unknown property "bus=usb"/);
    expect(() => parseDrive('a.img,rw')).toThrow(/unknown property "rw"/);
    expect(() => parseDrive('a.img,format=qcow2')).toThrow(/qcow2/);
    expect(parseLoad('a@b.bin@0x40')).toEqual({ file: { path: 'a@b.bin', role: '--load' }, address: 0x40 });
    expect(parseLoad('a@b.elf')).toEqual({ file: { path: 'a@b.elf', role: '--load' } });
  });
});

test('an input log comes back as it was written', () => {
  const typed = fc.record({ atNs: fc.nat(), bytes: fc.uint8Array() });
  const frame = fc.record({ atNs: fc.nat(), bytes: fc.uint8Array(), nic: fc.nat(7) });
  const cable = fc.record({ atNs: fc.nat(), bytes: fc.constant(new Uint8Array()), nic: fc.nat(7), link: fc.boolean() });
  const events = fc.array(fc.tuple(fc.nat(0xffff), fc.nat(0xffff), fc.integer()));
  const report = fc.record({
    atNs: fc.nat(),
    bytes: fc.constant(new Uint8Array()),
    hid: fc.record({ device: fc.nat(3), events }),
  });
  const toPort = fc.record({ atNs: fc.nat(), bytes: fc.uint8Array(), stream: fc.integer({ min: 1, max: 62 }) });
  const change = fc.oneof(fc.record({ open: fc.boolean() }), fc.record({ held: fc.boolean() }));
  const port = fc.record({ atNs: fc.nat(), bytes: fc.constant(new Uint8Array()), stream: fc.nat(62), port: change });
  const record = fc.oneof(typed, frame, cable, toPort, port, report);
  fc.assert(
    fc.property(fc.array(record), (records) => {
      const input = records.toSorted((a, b) => a.atNs - b.atNs);
      const path = join(folder, 'property.log');
      writeInputLog(path, input);
      expect(readInputLog(path)).toEqual(input.map((one) => ({ ...one, bytes: new Uint8Array(one.bytes) })));
    }),
    { numRuns: 30 },
  );
});

test.each([
  'hello',
  '{"atNs":1,"nic":-1,"base64":""}',
  '{"atNs":1,"nic":0}',
  '{"atNs":1,"stream":-1,"base64":""}',
  '{"atNs":1,"stream":1,"port":{"open":1}}',
  '{"atNs":-1,"base64":""}',
  '{"atNs":1}',
  '{"atNs":1,"hid":0}',
  '{"atNs":1,"hid":-1,"events":[]}',
  '{"atNs":1,"hid":0,"events":[[1,30]]}',
  '{"atNs":1,"hid":0,"events":[[1,65536,1]]}',
  '{"atNs":1,"hid":0,"events":[[1,30,0.5]]}',
  '{"atNs":9,"base64":""}\n{"atNs":8,"base64":""}',
])('a bad input log is told with its line: %s', (text) => {
  const path = join(folder, 'bad.log');
  writeFileSync(path, `{"atNs":0,"base64":""}\n${text}\n`);
  expect(() => readInputLog(path)).toThrow(
    expect.objectContaining({ code: 'bad-input-log', place: { file: path, line: expect.any(Number) } }),
  );
});

test('keys after Ctrl-A are ours, all else is for the guest', () => {
  const filter = new EscapeFilter();
  const feed = (text: string) =>
    filter
      .feed(new TextEncoder().encode(text))
      .map((part) => (typeof part === 'string' ? `<${part}>` : new TextDecoder().decode(part)));
  expect(feed('ls\x01xrm')).toEqual(['ls', '<quit>', 'rm']);
  expect(feed('a\x01')).toEqual(['a']);
  expect(feed('cb')).toEqual(['<monitor>', 'b']);
  expect(feed('\x01\x01\x01q.')).toEqual(['\x01.']);
  expect(feed('\x01h')).toEqual(['<help>']);
  expect(feed('a\x01nb')).toEqual(['a', '<next>', 'b']);
});

test('Ctrl-A n gives the keys to the next console', async () => {
  const file = join(folder, 'two.yaml');
  const cells = ['one', 'two', 'three'].map((name) => `  ${name}: { image: Image, memory: 4M }\n`).join('');
  writeFileSync(file, `handset: two\nboard: evoke\ncells:\n${cells}`);
  const setRawMode = Object.getOwnPropertyDescriptor(process.stdin, 'setRawMode');
  const isTTY = Object.getOwnPropertyDescriptor(process.stdin, 'isTTY');
  Object.defineProperty(process.stdin, 'setRawMode', { value: () => process.stdin, configurable: true });
  Object.defineProperty(process.stdin, 'isTTY', { value: true, configurable: true });
  try {
    const worker = new FakeWorker();
    worker.onCommand = ({ type }) => {
      if (type !== 'start') return;
      setImmediate(() => {
        for (const keys of ['a', '\x01n', 'b', '\x01n', 'c']) process.stdin.emit('data', Buffer.from(keys));
        worker.end();
      });
    };
    await runCommand(file, { console: [`two=${join(folder, 'two.log')}`] }, () => worker);
    const typed = worker.commands.flatMap((command) =>
      command.type === 'input' ? [[command.stream, new TextDecoder().decode(command.bytes)]] : [],
    );
    // The console that is a file's is left out.
    expect(typed).toEqual([
      [undefined, 'a'],
      [2, 'b'],
      [undefined, 'c'],
    ]);
    expect(written.err).toContain('keys go to one; Ctrl-A n: to the next console');
    expect(written.err).toContain('pocketvisor: keys go to three\n');
  } finally {
    for (const [name, own] of Object.entries({ setRawMode, isTTY }))
      if (own) Object.defineProperty(process.stdin, name, own);
      else Reflect.deleteProperty(process.stdin, name);
  }
});

test('the monitor edits its line, sends it, and brings earlier ones back', () => {
  const sent: string[] = [];
  let printed = '';
  const monitor = new MonitorTerminal({
    execute: (line, answer) => {
      sent.push(line);
      answer(`said ${line}\n`);
    },
    print: (text) => (printed += text),
  });
  monitor.open();
  for (const text of ['info\r', 'stopx\x7f\r', '\r', '\x1b[A\x1b[A\r', '\x1b[Cx\x1b[A\x1b[B/2i $pc\r'])
    monitor.feed(new TextEncoder().encode(text));
  expect(sent).toEqual(['info', 'stop', 'info', '/2i $pc']);
  expect(printed).toContain('said info\n(pocketvisor) ');
  expect(printed.endsWith('(pocketvisor) ')).toBe(true);
});

test('the lines of a monitor script have times, comments and places of mistakes', () => {
  const text = '# first\n@10ms info registers\n\n  x/4xw $sp\r\n@1s quit';
  expect(parseMonitorScript(text, 'm', [])).toEqual([
    { atNs: 10e6, line: 'info registers' },
    { line: 'x/4xw $sp' },
    { atNs: 1e9, line: 'quit' },
  ]);
  for (const [bad, code] of [
    ['@soon help', 'bad-time'],
    ['@1s', 'no-command'],
    ['frob', 'unknown-command'],
    ['@1s cell linus pause', 'unknown-cell'],
    ['cell', 'no-cell'],
  ] as const) {
    expect(() => parseMonitorScript(`help\n${bad}`, 'm', ['linux'])).toThrow(
      expect.objectContaining({ code, place: { file: 'm', line: 2 } }),
    );
  }
});

test('a line for a console is about a cell that there is', async () => {
  await expect(run({ on: ['login:=>cell linux pause'] }, () => {})).rejects.toThrow('--on: there is no cell "linux"');
  expect(parseCue('login:=>cell linux pause', ['linux'], (pattern) => pattern)).toEqual({
    pattern: 'login:',
    line: 'cell linux pause',
  });
});

test('answers of the script go to standard error, and quit ends the run', async () => {
  const file = join(folder, 'monitor.txt');
  writeFileSync(file, 'info status\n');
  const { worker, code } = await run({ monitorScript: file }, (guest) => {
    guest.say('login: ');
    guest.emit({ type: 'monitor', line: 'info status', text: 'runs\n' });
    guest.onCommand = ({ type }) => type === 'stop' && guest.end();
    guest.emit({ type: 'monitor', line: 'quit', text: '', action: 'quit' });
  });
  expect(worker.commands).toMatchObject([{ type: 'start', script: { monitor: [{ line: 'info status' }] } }, { type: 'stop' }]);
  expect(written.err).toContain('\n(pocketvisor) info status\nruns\n');
  expect(code).toBe(0);
});
