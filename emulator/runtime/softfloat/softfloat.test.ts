import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCases, type Cases, type Kind } from '../../../tests/conformance/softfloat/operands.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const source = join(root, 'tests/conformance/softfloat/harness.c');
const COUNT = Number(process.env['SOFTFLOAT_CASES'] ?? 24_000);
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
    const call: Operation['call'] = (library, [a], fpcr) => library[`fpRoundInt${size}`]!(a!, modeOf(letter, fpcr), exact, fpcr, FPSR);
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
  execFileSync(process.execPath, [compiler, 'emulator/runtime/softfloat/index.ts', ...options, ...features, '-o', output], { cwd: root });
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

const works = (command: string) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
const missing = ['qemu-aarch64', 'aarch64-linux-gnu-gcc'].filter((command) => !works(command));
const titles = [...readFileSync(source, 'utf8').matchAll(/^ {4}.*$/gm)].length;

describe.skipIf(missing.length > 0)(`softfloat against the instructions (needs qemu-aarch64 and aarch64-linux-gnu-gcc)`, () => {
  it('agrees', () => {
    expect(titles).toBeGreaterThan(0);
  });
});
