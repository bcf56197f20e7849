/** Whatever a debugger sends: an answer or none, never an exception, and the machine goes on. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { host, testMachine } from '../../tests/support/machine.ts';
import { full } from '../../tests/support/packages.ts';
import { packet, PacketReader } from '../debug/gdb/packet.ts';
import { textOf } from '../debug/gdb/text.ts';
import { seededRandom } from '../isa/derive/generator.ts';
import { DebugSession } from './debug-session.ts';
import { Monitor, monitorTarget } from './debug/tools.ts';
import type { Machine } from './machine.ts';

const runtime = new Uint8Array(readFileSync(new URL('../runtime/dist/runtime.wasm', import.meta.url)));
const kernel = readFileSync(new URL('../../resources/guests/hello/hello.elf', import.meta.url));

/** A debugger at a machine that runs a little whenever it may. */
class Bench {
  readonly machine: Machine;
  session: DebugSession | undefined;
  private running = false;
  private readonly reader = new PacketReader();
  answers: string[] = [];
  kills = 0;
  private readonly monitor = new Monitor();

  constructor() {
    this.machine = testMachine({ config: { cpus: 2, boot: { kernel, loads: [] }, exec: 'auto' } }).machine;
    this.connect();
  }

  connect(): void {
    this.running = false;
    this.session = new DebugSession(this.machine, this.machine.debugger()!, {
      send: (bytes) => {
        for (const token of this.reader.feed(bytes)) if (token.kind === 'packet') this.answers.push(textOf(token.body));
      },
      goOn: () => (this.running = true),
      stop: () => (this.running = false),
      end: () => (this.kills++, undefined),
      closed: () => (this.session = undefined),
      monitor: (core, line) => {
        this.monitor.choose(core);
        const answer = this.monitor.execute(line, monitorTarget(this.machine, 'paused', runtime, host));
        if (answer.action === 'reset') this.machine.reset();
        return answer;
      },
    });
  }

  send(bytes: Uint8Array): void {
    this.session?.receive(bytes);
    if (!this.running) return;
    if (this.machine.runFor(0) === 'halted') this.session?.stopped();
  }

  ask(text: string): string | undefined {
    this.answers = [];
    this.send(packet(text));
    return this.answers.at(-1);
  }
}

/** Packets that are well-formed, so that some of their mutations come far. */
const corpus = [
  ...['?', 'g', 'p1f', 'p20', 'p40', 'p90', 'P0=0102030405060708', 'P20=0000204000000000', 'P21=c5030000', 'P21=00000000', 'Gff'],
  ...[
    'm40200000,40',
    'm0,4',
    'mffffffffffffffff,1',
    'm9000000,4',
    'M40300000,4:01020304',
    'X40300000,3:abc',
    'qCRC:40200000,100',
  ],
  ...[
    'Z0,40200100,4',
    'z0,40200100,4',
    'Z1,40200200,4',
    'Z2,40210000,8',
    'z2,40210000,8',
    'Z3,0,100000',
    'Z4,fffffffffffffff8,8',
  ],
  ...[
    's',
    'c',
    'c40200000',
    'S05',
    'C05;40200000',
    'vCont?',
    'vCont;c',
    'vCont;s:1;c',
    'vCont;r40200000,40200100:1',
    'vCont;s:2',
  ],
  ...[
    'Hg1',
    'Hg2',
    'Hc-1',
    'T1',
    'T3',
    'qC',
    'qfThreadInfo',
    'qsThreadInfo',
    'qThreadExtraInfo,1',
    'D',
    'k',
    'vKill;1',
    'R00',
    '!',
  ],
  ...[
    'qSupported:swbreak+;hwbreak+;xmlRegisters=i386',
    'qXfer:features:read:target.xml:0,ffb',
    'qXfer:features:read:target.xml:ffffffff,1',
  ],
  ...[
    'qXfer:memory-map:read::0,fff',
    'qXfer:threads:read::0,fff',
    'qXfer:auxv:read::0,10',
    'QStartNoAckMode',
    'qAttached',
    'qSymbol::',
  ],
  ...[
    'qRcmd,68656c70',
    'qRcmd,696e666f206d656d',
    'qRcmd,78702f31303078772030783430323030303030',
    'qRcmd,7265736574',
    'qRcmd,ff',
    'qRcmd,0',
  ],
  ...[
    'qHostInfo',
    'qProcessInfo',
    'qRegisterInfo0',
    'qMemoryRegionInfo:40200000',
    'jThreadsInfo',
    'qThreadStopInfo1',
    'vAttach;1',
    'vRun;',
    '',
  ],
];

const FRAMES = full ? 100_000 : 5_000;

test(`${FRAMES} random and mutated packets`, () => {
  const random = seededRandom(20);
  const pick = (below: number): number => random() % below;
  const character = (): string => (pick(3) === 0 ? String.fromCharCode(pick(256)) : '0123456789abcdef,;:=-+#$}*'[pick(26)]!);
  const mutate = (text: string): string => {
    const at = pick(text.length + 1);
    switch (pick(6)) {
      case 0:
        return text.slice(0, at);
      case 1:
        return text.slice(0, at) + character() + text.slice(at + 1);
      case 2:
        return text.slice(0, at) + character() + text.slice(at);
      case 3:
        return text.slice(0, at) + corpus[pick(corpus.length)]!.slice(pick(8));
      case 4:
        return text.slice(0, at) + text.slice(at + 1);
      default:
        return text;
    }
  };
  let bench = new Bench();
  const heard = new Set<string>();
  for (let n = 0; n < FRAMES; n++) {
    let text = corpus[pick(corpus.length)]!;
    for (let times = pick(3); times > 0; times--) text = mutate(text);
    let bytes = packet(text);
    if (pick(10) === 0) bytes = bytes.map((byte) => (pick(8) === 0 ? pick(256) : byte));
    if (pick(50) === 0) bytes = Uint8Array.from({ length: pick(64) }, () => pick(256));
    if (pick(20) === 0) bytes = Uint8Array.of(3);
    bench.answers = [];
    bench.send(bytes);
    for (const answer of bench.answers) heard.add(answer.slice(0, 3));
    if (!bench.session) bench.connect();
    // A machine is dear: where one would be ended, it goes on.
    if (bench.machine.outcome !== undefined) bench = new Bench();
  }
  // It was worth while: errors, stops, registers, documents.
  for (const one of ['OK', 'E22', 'E14', 'E02', 'T05', 'T02', 'l', 'm1,', 'QC1', 'Pac', 'vCo']) {
    expect(
      [...heard].some((answer) => answer.startsWith(one)),
      one,
    ).toBe(true);
  }
  bench = new Bench();
  expect(bench.ask('m40200000,4')).toMatch(/^[\da-f]{8}$/);
}, 3_600_000);

test('packets are found however the stream is cut, and damaged ones are asked for again', () => {
  const sent: number[] = [];
  const { machine } = testMachine({ config: { boot: { kernel, loads: [] } } });
  const control = {
    ...{ send: (bytes: Uint8Array) => sent.push(...bytes), goOn() {}, stop() {}, end() {}, closed() {} },
    monitor: () => ({ text: '' }),
  };
  const session = new DebugSession(machine, machine.debugger()!, control);
  const text = (): string => textOf(Uint8Array.from(sent.splice(0)));
  for (const byte of packet('qAttached')) session.receive(Uint8Array.of(byte));
  expect(text()).toBe('+$1#31');
  session.receive(Uint8Array.from(Buffer.from('$qAttached#00')));
  expect(text()).toBe('-');
  session.receive(Uint8Array.from(Buffer.from('-')));
  expect(text()).toBe('$1#31');
  session.receive(packet('QStartNoAckMode'));
  expect(text()).toBe('+$OK#9a');
  session.receive(packet('qC'));
  expect(text()).toBe('$QC1#c5');
  session.receive(Uint8Array.from(Buffer.from(`$${'0'.repeat(100_000)}#00`)));
  expect(text()).toBe('');
  session.receive(packet('qC'));
  expect(text()).toBe('$QC1#c5');
});

test('writes that ROM, devices and nothing refuse change nothing', () => {
  const bench = new Bench();
  for (const where of ['0', '9000000', '10000000000', '43fffffe']) {
    expect(bench.ask(`M${where},4:01020304`), where).toBe('E14');
    expect(bench.ask(`M${where},0:`), where).toBe('OK');
  }
  expect(bench.ask('m43fffffe,4')).toBe('0000');
  expect(bench.ask('m9000000,4')).toBe('E14');
  expect(bench.ask('M43fffffc,4:01020304')).toBe('OK');
  expect(bench.ask('m43fffffc,4')).toBe('01020304');
});

test('breakpoints are idempotent, a watchpoint list has an end', () => {
  const bench = new Bench();
  expect(bench.ask('Z0,40200004,4')).toBe('OK');
  expect(bench.ask('Z1,40200004,4')).toBe('OK');
  expect(bench.ask('Z0,40200004,4')).toBe('OK');
  expect(bench.ask('z0,40200004,4')).toBe('OK');
  expect(bench.ask('c')).toBe('T05thread:1;');
  expect(bench.ask('qSupported:swbreak+;hwbreak+')).toContain('hwbreak+');
  expect(bench.ask('?')).toBe('T05thread:1;hwbreak:;');
  expect(bench.ask('Z0,40200005,4')).toBe('E22');
  for (let n = 0; n < 32; n++) expect(bench.ask(`Z2,${(0x4030_0000 + n * 8).toString(16)},8`)).toBe('OK');
  expect(bench.ask('Z2,50000000,8')).toBe('E28');
  expect(bench.ask('Z2,ffffffffffffffff,2')).toBe('E22');
});
