import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCases, type Kind } from '../../../tests/conformance/softfloat/operands.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const source = join(root, 'tests/conformance/softfloat/harness.c');
const COUNT = Number(process.env['SOFTFLOAT_CASES'] ?? 4000);
const SEED = Number(process.env['SOFTFLOAT_SEED'] ?? 1);

/** Cumulative flags: IOC, DZC, OFC, UFC, IXC, IDC. */
const FLAGS = 0x9f;
const FPSR = 16;

type Value = number | bigint;
type Exports = Record<string, (...operands: Value[]) => Value>;

/** Operation of the harness: its operands, and the call of the library. */
interface Operation {
  readonly kind: Kind;
  readonly arity: number;
  readonly integral: boolean;
  readonly call: (library: Exports, operands: Value[], fpcr: number) => Value;
}

const names: Record<string, string> = {
  fadd: 'fpAdd',
  fsub: 'fpSub',
  fmul: 'fpMul',
  fmulx: 'fpMulX',
  fdiv: 'fpDiv',
  fmax: 'fpMax',
  fmin: 'fpMin',
  fmaxnm: 'fpMaxNum',
  fminnm: 'fpMinNum',
  frecps: 'fpRecipStepFused',
  frsqrts: 'fpRSqrtStepFused',
  fcmeq: 'fpCompareEQ',
  fcmge: 'fpCompareGE',
  fcmgt: 'fpCompareGT',
  fmadd: 'fpMulAdd',
  fsqrt: 'fpSqrt',
  frecpe: 'fpRecipEstimate',
  frsqrte: 'fpRSqrtEstimate',
  frecpx: 'fpRecpX',
};

const conversions: Record<string, string> = {
  fcvt_sh: 'f16ToF32',
  fcvt_dh: 'f16ToF64',
  fcvt_hs: 'f32ToF16',
  fcvt_ds: 'f32ToF64',
  fcvt_hd: 'f64ToF16',
  fcvt_sd: 'f64ToF32',
  fcvtxn_sd: 'f64ToF32OddRound',
};

const modes: Record<string, number> = { n: 0, p: 1, m: 2, z: 3, a: 4 };

const modeOf = (letter: string, fpcr: number) => modes[letter] ?? (fpcr >>> 22) & 3;

/** The library's counterpart of an operation of the harness. */
function operation(name: string): Operation {
  const [stem = '', registers = '', places = '0'] = name.split('_');
  const size = registers.includes('d') ? 64 : 32;
  if (conversions[name] !== undefined) {
    const called = conversions[name];
    const call: Operation['call'] = (library, [a], fpcr) => library[called]!(a!, fpcr, FPSR);
    return { kind: registers[1] as Kind, arity: 1, integral: false, call };
  }
  if (stem === 'urecpe' || stem === 'ursqrte') {
    const called = stem === 'urecpe' ? 'recipEstimateU32' : 'rsqrtEstimateU32';
    return { kind: 'w', arity: 1, integral: false, call: (library, [a]) => library[called]!(a!) };
  }
  if (stem.startsWith('frint')) {
    const letter = stem[5]!;
    const exact = letter === 'x' ? 1 : 0;
    const call: Operation['call'] = (library, [a], fpcr) =>
      library[`fpRoundInt${size}`]!(a!, modeOf(letter, fpcr), exact, fpcr, FPSR);
    return { kind: registers as Kind, arity: 1, integral: true, call };
  }
  if (stem === 'scvtf' || stem === 'ucvtf') {
    const unsigned = stem === 'ucvtf';
    const wide = registers[1] === 'x';
    const call: Operation['call'] = (library, [a], fpcr) => {
      const value = wide ? BigInt(a!) : BigInt(unsigned ? Number(a) >>> 0 : Number(a) | 0);
      return library[`fixedToFp${size}`]!(value, Number(places), Number(unsigned), fpcr, FPSR);
    };
    return { kind: wide ? 'x' : 'w', arity: 1, integral: false, call };
  }
  if (stem.startsWith('fcvt')) {
    const unsigned = Number(stem.endsWith('u'));
    const width = registers[0] === 'x' ? 64 : 32;
    const mode = modes[stem[4]!]!;
    const call: Operation['call'] = (library, [a], fpcr) =>
      library[`fpToFixed${size}`]!(a!, Number(places), unsigned, width, mode, fpcr, FPSR);
    return { kind: registers[1] as Kind, arity: 1, integral: true, call };
  }
  const kind = registers as Kind;
  if (stem === 'fcmp' || stem === 'fcmpe') {
    const signal = Number(stem === 'fcmpe');
    const call: Operation['call'] = (library, [a, b], fpcr) => library[`fpCompare${size}`]!(a!, b!, signal, fpcr, FPSR);
    return { kind, arity: 2, integral: false, call };
  }
  const called = `${names[stem]}${size}`;
  if (stem.startsWith('fcm')) {
    const ones = BigInt.asUintN(size, -1n);
    const call: Operation['call'] = (library, [a, b], fpcr) => BigInt(library[called]!(a!, b!, fpcr, FPSR)) * ones;
    return { kind, arity: 2, integral: false, call };
  }
  const arity = stem === 'fmadd' ? 3 : ['fsqrt', 'frecpe', 'frsqrte', 'frecpx'].includes(stem) ? 1 : 2;
  const call: Operation['call'] = (library, operands, fpcr) => library[called]!(...operands, fpcr, FPSR);
  return { kind, arity, integral: false, call };
}

let folder = '';
let library: Exports;
let flags: Uint32Array;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'softfloat-'));
  const output = join(folder, 'softfloat.wasm');
  const compiler = join(root, 'node_modules/assemblyscript/bin/asc.js');
  const options = '-O3 --runtime stub --importMemory --sharedMemory --initialMemory 1 --maximumMemory 1'.split(' ');
  const features = ['threads', 'simd', 'bulk-memory'].flatMap((feature) => ['--enable', feature]);
  execFileSync(process.execPath, [compiler, 'emulator/runtime/softfloat/index.ts', ...options, ...features, '-o', output], {
    cwd: root,
  });
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const { instance } = await WebAssembly.instantiate(readFileSync(output), { env: { memory } });
  library = instance.exports as unknown as Exports;
  flags = new Uint32Array(memory.buffer, FPSR, 1);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('softfloat', () => {
  it('adds and keeps the flags that are set', () => {
    flags[0] = 1;
    expect(library['fpAdd64']!(0x3ff0000000000000n, 0x3ca0000000000000n, 0, FPSR)).toBe(0x3ff0000000000000n);
    expect(flags[0]).toBe(0x11);
    flags[0] = 0;
    expect(library['fpMulAdd32']!(0x7fc12345, 0x7f800000, 0, 0, FPSR)).toBe(0x7fc00000);
    expect(flags[0]).toBe(1);
  });

  it('allocates nothing and calls nothing outside', () => {
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(join(folder, 'softfloat.wasm'))));
    expect(imports.map(({ name }) => name)).toEqual(['memory']);
  });
});

/** Runs all cases of all operations through the harness: for each case the result and the FPSR, in 16 bytes. */
function execute(harness: string, operations: readonly Operation[]): { records: DataView; answers: DataView } {
  const records = new DataView(new ArrayBuffer(operations.length * COUNT * 32));
  operations.forEach(({ kind, arity, integral }, number) => {
    const cases = makeCases(kind, arity, integral, COUNT, SEED + number);
    for (let index = 0; index < COUNT; index++) {
      const at = (number * COUNT + index) * 32;
      records.setUint32(at, number, true);
      records.setUint32(at + 4, cases.fpcr[index]!, true);
      for (let place = 0; place < 3; place++) records.setBigUint64(at + 8 + place * 8, cases.operands[index * 3 + place]!, true);
    }
  });
  const output = execFileSync('qemu-aarch64', [harness], { input: new Uint8Array(records.buffer), maxBuffer: 2 ** 30 });
  return { records, answers: new DataView(output.buffer, output.byteOffset, output.byteLength) };
}

/** The library's result and flags for the case at `at`, as text. */
function ours({ kind, arity, call }: Operation, records: DataView, at: number): string {
  const wide = kind === 'd' || kind === 'x';
  const operands = Array.from({ length: arity }, (_, place) =>
    wide ? records.getBigUint64(at + 8 + place * 8, true) : records.getUint32(at + 8 + place * 8, true),
  );
  flags[0] = 0;
  const result = call(library, operands, records.getUint32(at + 4, true));
  return outcome(typeof result === 'bigint' ? BigInt.asUintN(64, result) : BigInt(result >>> 0), flags[0]!);
}

const outcome = (result: bigint, fpsr: number) => `${result.toString(16)} flags ${(fpsr & FLAGS).toString(16)}`;

const works = (command: string) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
const missing = ['qemu-aarch64', 'aarch64-linux-gnu-gcc'].filter((command) => !works(command));

describe.skipIf(missing.length > 0)('softfloat against the instructions (needs qemu-aarch64 and aarch64-linux-gnu-gcc)', () => {
  it(`agrees in ${COUNT} cases of each operation`, () => {
    const harness = join(folder, 'harness');
    execFileSync('aarch64-linux-gnu-gcc', ['-static', '-O1', '-march=armv8-a', source, '-o', harness]);
    const names = execFileSync('qemu-aarch64', [harness, '--list'], { encoding: 'utf8' }).trim().split('\n');
    expect(names.length).toBeGreaterThan(100);
    const operations = names.map(operation);
    const { records, answers } = execute(harness, operations);
    expect(answers.byteLength).toBe(names.length * COUNT * 16);
    const wrong: string[] = [];
    for (let index = 0; index < names.length * COUNT; index++) {
      const name = names[Math.floor(index / COUNT)]!;
      const got = ours(operations[Math.floor(index / COUNT)]!, records, index * 32);
      const wanted = outcome(answers.getBigUint64(index * 16, true), answers.getUint32(index * 16 + 8, true));
      if (got === wanted) continue;
      const operands = [8, 16, 24].map((offset) => records.getBigUint64(index * 32 + offset, true).toString(16));
      wrong.push(
        `${name} FPCR ${records.getUint32(index * 32 + 4, true).toString(16)} ${operands.join(' ')}: ${got}, not ${wanted}`,
      );
    }
    expect(wrong.slice(0, 20)).toEqual([]);
  });
});
