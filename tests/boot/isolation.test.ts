/** What a cell must not have of others, nor of its own earlier life. */
import { describe, expect, test } from 'vitest';
import type { CellMemory } from '../../emulator/hypervisor/memory.ts';
import type { Assembler } from './support/assembler.ts';
import { call, cell, print, program, pv, runCells, SYSTEM_OFF, SYSTEM_RESET } from './support/cells.ts';

const RAM = 0x4000_0000;
const [CPU_OFF, CPU_ON, AFFINITY_INFO] = [0x8400_0002, 0xc400_0003, 0xc400_0004];
const spin = (a: Assembler): void => {
  a.label('on');
  a.b('on');
};

test('a virtual CPU that was off begins where CPU_ON says, each time', () => {
  const twice = program(
    'twice',
    (a) => {
      a.b('begin');
      a.label('second');
      call(a, pv(6), 'x'.charCodeAt(0));
      call(a, CPU_OFF);
      print(a, 'behind');
      call(a, SYSTEM_OFF);
      a.label('begin');
      for (const n of [1, 2]) {
        a.adr(2, 'second');
        a.mov(1, 1);
        a.mov(3, 0);
        a.mov(0, CPU_ON);
        a.hvc(0);
        a.label(`is on ${n}`);
        call(a, AFFINITY_INFO, 1, 0);
        a.cbz(0, `is on ${n}`);
      }
      call(a, SYSTEM_OFF);
    },
    { cpus: 2 },
  );
  const { result, consoles } = runCells({ cells: [twice] }, {}, { cpus: 2 });
  expect(result.outcome).toBe('poweroff');
  expect(consoles).toEqual({ twice: 'xx' });
});

test('what one cell gets as random is not what another gets', () => {
  const cells = ['one', 'two'].map((name) => {
    const { boot } = program(name, spin);
    // A kernel gets a device tree, which has seeds.
    return cell(name, { loads: [], kernel: image(boot.loads[0]!.bytes) });
  });
  const { machine } = runCells({ cells }, { timeoutNs: 1e6 });
  const trees = machine.hardware.hosted!.cells.map(({ memory }) => seedsIn(memory));
  expect(trees[0]!.length).toBeGreaterThan(0);
  expect(trees[0]).not.toEqual(trees[1]);
});

/** A Linux Image whose code are these words. */
function image(code: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(64 + code.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x1400_0010, true);
  view.setBigUint64(16, BigInt(bytes.length), true);
  view.setUint32(56, 0x644d_5241, true);
  bytes.set(code, 64);
  return bytes;
}

/** The seeds of the device tree in a cell's memory: 8 bytes, and 32. */
function seedsIn(memory: CellMemory): string[] {
  const bytes = new Uint8Array(8 << 20);
  memory.read(RAM, bytes);
  const text = Buffer.from(bytes);
  const at = text.indexOf(Uint8Array.of(0xd0, 0x0d, 0xfe, 0xed));
  const tree = text.subarray(at, at + text.readUInt32BE(at + 4));
  const structure = tree.readUInt32BE(8);
  const strings = tree.readUInt32BE(12);
  const names = ['kaslr-seed', 'rng-seed'].map((name) => tree.indexOf(`\0${name}\0`, strings) + 1 - strings);
  const found: string[] = [];
  for (let word = structure; word + 12 < strings; word += 4) {
    const [token, length, name] = [0, 4, 8].map((offset) => tree.readUInt32BE(word + offset)) as [number, number, number];
    if (token === 3 && (length === 8 || length === 32) && names.includes(name)) {
      found.push(tree.toString('hex', word + 12, word + 12 + length));
    }
  }
  return found;
}

test('an SGI reaches the virtual CPUs of the cell', () => {
  const pair = program(
    'pair',
    (a) => {
      a.b('begin');
      a.label('second');
      // Its redistributor is the second one: awake, and SGI 1 is enabled, in group 1.
      a.mov(10, 0x080c_0000);
      a.strw(31, 10, 0x14);
      a.mov(10, 0x080d_0000);
      a.mov(11, 2);
      a.strw(11, 10, 0x80);
      a.strw(11, 10, 0x100);
      a.mov(11, 0xff);
      a.msr('ICC_PMR_EL1', 11);
      a.mov(11, 1);
      a.msr('ICC_IGRPEN1_EL1', 11);
      print(a, 'w');
      a.wfi();
      print(a, 's');
      call(a, SYSTEM_OFF);
      a.label('begin');
      a.mov(10, 0x0800_0000);
      a.mov(11, 0x12);
      a.strw(11, 10);
      a.adr(2, 'second');
      a.mov(1, 1);
      a.mov(0, CPU_ON);
      a.hvc(0);
      a.label('again');
      call(a, pv(2), 100_000);
      a.mov(11, (1 << 24) | 2);
      a.msr('ICC_SGI1R_EL1', 11);
      a.b('again');
    },
    { cpus: 2 },
  );
  for (const exec of ['cold', 'hot'] as const) {
    const { result, consoles } = runCells({ cells: [pair] }, {}, { cpus: 2, exec });
    expect(consoles).toEqual({ pair: 'ws' });
    expect(result.outcome).toBe('poweroff');
  }
});

test('a call that is not of the form of ours is none', () => {
  const ids = [0xc600_0000, 0x8600_0000, 0xc601_0000, 0x4600_0000, 0x0600_0000, 0xc500_0000];
  const caller = program('caller', (a) => {
    for (const id of ids) {
      call(a, id);
      // 0, or NOT_SUPPORTED.
      a.addi(1, 0, '0'.charCodeAt(0));
      a.mov(0, pv(6));
      a.hvc(0);
    }
    call(a, SYSTEM_OFF);
  });
  expect(runCells({ cells: [caller] }).consoles['caller']).toBe('00////');
});

test('a cell that begins anew finds none of what it had', () => {
  const life = program(
    'life',
    (a) => {
      a.mov(10, RAM + 0x60_0000);
      a.ldr(11, 10);
      a.addi(1, 11, '0'.charCodeAt(0));
      a.mov(0, pv(6));
      a.hvc(0);
      a.mov(11, 7);
      a.str(11, 10);
      call(a, SYSTEM_RESET);
    },
    { restart: 'always' },
  );
  const { result, consoles } = runCells({ cells: [life] }, { timeoutNs: 30e6 });
  expect(result.cells![0]!.restarts).toBeGreaterThan(1);
  expect(consoles['life']).toMatch(/^0+$/);
});

test('faults in a row are counted for the guest that has them', () => {
  const { machine } = runCells({ cells: [program('one', spin)] }, { timeoutNs: 1e6 });
  const { processors } = machine.hardware.hosted!;
  const [{ core }] = processors as [(typeof processors)[0]];
  for (const name of ['NESTED', 'REPEATS', 'SAME_FAULTS']) core.set32(name, 63);
  processors[0]!.registersChanged();
  expect(['NESTED', 'REPEATS', 'SAME_FAULTS'].map((name) => core.get32(name))).toEqual([0, 0, 0]);
});

describe.each([
  ['a loop', 0x1400_0000],
  ['straight code', 0xd503_201f],
  ['branches forward', 0x1400_0001],
])('%s without an end', (_name, word) => {
  test.each(['cold', 'hot'] as const)('holds up no more urgent cell (%s)', (exec) => {
    // 32 us of it at most, and then back.
    const words = new Uint32Array(0x8000).fill(word);
    words[words.length - 1] = 0x1400_0000 | (-(words.length - 1) & 0x3ff_ffff);
    const bytes = new Uint8Array(words.buffer);
    const long = cell('long', { loads: [{ bytes, address: RAM + 0x20_0000, name: 'long' }], entry: RAM + 0x20_0000 });
    const urgent = program(
      'urgent',
      (a) => {
        a.mov(22, 50);
        a.label('again');
        call(a, pv(5));
        a.movReg(20, 1);
        call(a, pv(2), 10_000);
        call(a, pv(5));
        a.sub(20, 1, 20);
        // A page of instructions late, and a switch; or more.
        a.mov(21, 30_000);
        a.cmp(20, 21);
        a.mov(10, '.'.charCodeAt(0));
        a.mov(11, 'L'.charCodeAt(0));
        a.csel(1, 11, 10, 'hi');
        a.mov(0, pv(6));
        a.hvc(0);
        a.subsi(22, 22, 1);
        a.bIf('ne', 'again');
        call(a, SYSTEM_OFF);
      },
      { schedule: { priority: 200 } },
    );
    const { consoles } = runCells({ cells: [long, urgent] }, { timeoutNs: 3e6 }, { exec });
    expect(consoles['urgent']).toBe('.'.repeat(50));
  });
});
