/**
 * The pure operations of the IR. They are WebAssembly's own (names, semantics, types), because both tiers end there: a row's
 * semantics says `i64.add` and means exactly that. What touches the guest (registers, memory, control) is in `nodes.ts`.
 */
export type Type = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

export interface Op {
  readonly name: string;
  /** Opcode bytes; operations of the 0xfd prefix have a LEB128 after it. */
  readonly code: readonly number[];
  readonly args: readonly Type[];
  readonly result: Type;
  /** A lane immediate follows the opcode. */
  readonly lane?: boolean;
}

const table: Op[] = [];

function row(name: string, code: number | readonly number[], args: string, result: Type, lane = false): void {
  table.push({
    name,
    code: typeof code === 'number' ? [code] : code,
    args: args ? (args.split(' ') as Type[]) : [],
    result,
    ...(lane ? { lane } : {}),
  });
}

function simd(name: string, code: number, args: string, result: Type, lane = false): void {
  row(name, code < 0x80 ? [0xfd, code] : [0xfd, (code & 0x7f) | 0x80, code >>> 7], args, result, lane);
}

for (const [type, eqz, clz, wraps] of [
  ['i32', 0x45, 0x67, 0xc0],
  ['i64', 0x50, 0x79, 0xc2],
] as const) {
  row(`${type}.eqz`, eqz, type, 'i32');
  'eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u'
    .split(' ')
    .forEach((op, i) => row(`${type}.${op}`, eqz + 1 + i, `${type} ${type}`, 'i32'));
  'clz ctz popcnt'.split(' ').forEach((op, i) => row(`${type}.${op}`, clz + i, type, type));
  'add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr'
    .split(' ')
    .forEach((op, i) => row(`${type}.${op}`, clz + 3 + i, `${type} ${type}`, type));
  row(`${type}.extend8_s`, wraps, type, type);
  row(`${type}.extend16_s`, wraps + 1, type, type);
}
row('i64.extend32_s', 0xc4, 'i64', 'i64');
row('i32.wrap_i64', 0xa7, 'i64', 'i32');
row('i64.extend_i32_s', 0xac, 'i32', 'i64');
row('i64.extend_i32_u', 0xad, 'i32', 'i64');
for (const [type, compare, first] of [
  ['f32', 0x5b, 0x8b],
  ['f64', 0x61, 0x99],
] as const) {
  'eq ne lt gt le ge'.split(' ').forEach((op, i) => row(`${type}.${op}`, compare + i, `${type} ${type}`, 'i32'));
  'abs neg ceil floor trunc nearest sqrt'.split(' ').forEach((op, i) => row(`${type}.${op}`, first + i, type, type));
  'add sub mul div min max copysign'.split(' ').forEach((op, i) => row(`${type}.${op}`, first + 7 + i, `${type} ${type}`, type));
}
row('f32.convert_i32_s', 0xb2, 'i32', 'f32');
row('f32.convert_i32_u', 0xb3, 'i32', 'f32');
row('f32.convert_i64_s', 0xb4, 'i64', 'f32');
row('f32.convert_i64_u', 0xb5, 'i64', 'f32');
row('f32.demote_f64', 0xb6, 'f64', 'f32');
row('f64.convert_i32_s', 0xb7, 'i32', 'f64');
row('f64.convert_i32_u', 0xb8, 'i32', 'f64');
row('f64.convert_i64_s', 0xb9, 'i64', 'f64');
row('f64.convert_i64_u', 0xba, 'i64', 'f64');
row('f64.promote_f32', 0xbb, 'f32', 'f64');
row('i32.reinterpret_f32', 0xbc, 'f32', 'i32');
row('i64.reinterpret_f64', 0xbd, 'f64', 'i64');
row('f32.reinterpret_i32', 0xbe, 'i32', 'f32');
row('f64.reinterpret_i64', 0xbf, 'i64', 'f64');
'i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u i64.trunc_sat_f32_s i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u'
  .split(' ')
  .forEach((name, i) => row(name, [0xfc, i], name.includes('_f32_') ? 'f32' : 'f64', name.slice(0, 3) as Type));

// SIMD: numbers of the WebAssembly SIMD proposal.
simd('i8x16.swizzle', 0x0e, 'v128 v128', 'v128');
'i8x16 i16x8 i32x4 i64x2 f32x4 f64x2'
  .split(' ')
  .forEach((shape, i) => simd(`${shape}.splat`, 0x0f + i, ['i32', 'i32', 'i32', 'i64', 'f32', 'f64'][i] as string, 'v128'));
const lanes: readonly [string, number, Type, boolean][] = [
  ['i8x16.extract_lane_s', 0x15, 'i32', true],
  ['i8x16.extract_lane_u', 0x16, 'i32', true],
  ['i8x16.replace_lane', 0x17, 'i32', false],
  ['i16x8.extract_lane_s', 0x18, 'i32', true],
  ['i16x8.extract_lane_u', 0x19, 'i32', true],
  ['i16x8.replace_lane', 0x1a, 'i32', false],
  ['i32x4.extract_lane', 0x1b, 'i32', true],
  ['i32x4.replace_lane', 0x1c, 'i32', false],
  ['i64x2.extract_lane', 0x1d, 'i64', true],
  ['i64x2.replace_lane', 0x1e, 'i64', false],
  ['f32x4.extract_lane', 0x1f, 'f32', true],
  ['f32x4.replace_lane', 0x20, 'f32', false],
  ['f64x2.extract_lane', 0x21, 'f64', true],
  ['f64x2.replace_lane', 0x22, 'f64', false],
];
for (const [name, code, scalar, extract] of lanes) {
  simd(name, code, extract ? 'v128' : `v128 ${scalar}`, extract ? scalar : 'v128', true);
}
for (const [shape, first] of [
  ['i8x16', 0x23],
  ['i16x8', 0x2d],
  ['i32x4', 0x37],
] as const) {
  'eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u'
    .split(' ')
    .forEach((op, i) => simd(`${shape}.${op}`, first + i, 'v128 v128', 'v128'));
}
'eq ne lt_s gt_s le_s ge_s'.split(' ').forEach((op, i) => simd(`i64x2.${op}`, 0xd6 + i, 'v128 v128', 'v128'));
'eq ne lt gt le ge'.split(' ').forEach((op, i) => {
  simd(`f32x4.${op}`, 0x41 + i, 'v128 v128', 'v128');
  simd(`f64x2.${op}`, 0x47 + i, 'v128 v128', 'v128');
});
simd('v128.not', 0x4d, 'v128', 'v128');
'and andnot or xor'.split(' ').forEach((op, i) => simd(`v128.${op}`, 0x4e + i, 'v128 v128', 'v128'));
simd('v128.bitselect', 0x52, 'v128 v128 v128', 'v128');
simd('v128.any_true', 0x53, 'v128', 'i32');
const shapes: readonly [string, number, string][] = [
  [
    'i8x16',
    0x60,
    'abs=0 neg=1 popcnt=2 all_true=3 bitmask=4 narrow_i16x8_s=5 narrow_i16x8_u=6 shl=11 shr_s=12 shr_u=13 add=14 add_sat_s=15 add_sat_u=16 sub=17 sub_sat_s=18 sub_sat_u=19 min_s=22 min_u=23 max_s=24 max_u=25 avgr_u=27',
  ],
  [
    'i16x8',
    0x80,
    'extadd_pairwise_i8x16_s=-4 extadd_pairwise_i8x16_u=-3 abs=0 neg=1 q15mulr_sat_s=2 all_true=3 bitmask=4 narrow_i32x4_s=5 narrow_i32x4_u=6 extend_low_i8x16_s=7 extend_high_i8x16_s=8 extend_low_i8x16_u=9 extend_high_i8x16_u=10 shl=11 shr_s=12 shr_u=13 add=14 add_sat_s=15 add_sat_u=16 sub=17 sub_sat_s=18 sub_sat_u=19 mul=21 min_s=22 min_u=23 max_s=24 max_u=25 avgr_u=27 extmul_low_i8x16_s=28 extmul_high_i8x16_s=29 extmul_low_i8x16_u=30 extmul_high_i8x16_u=31',
  ],
  [
    'i32x4',
    0xa0,
    'extadd_pairwise_i16x8_s=-34 extadd_pairwise_i16x8_u=-33 abs=0 neg=1 all_true=3 bitmask=4 extend_low_i16x8_s=7 extend_high_i16x8_s=8 extend_low_i16x8_u=9 extend_high_i16x8_u=10 shl=11 shr_s=12 shr_u=13 add=14 sub=17 mul=21 min_s=22 min_u=23 max_s=24 max_u=25 dot_i16x8_s=26 extmul_low_i16x8_s=28 extmul_high_i16x8_s=29 extmul_low_i16x8_u=30 extmul_high_i16x8_u=31',
  ],
  [
    'i64x2',
    0xc0,
    'abs=0 neg=1 all_true=3 bitmask=4 extend_low_i32x4_s=7 extend_high_i32x4_s=8 extend_low_i32x4_u=9 extend_high_i32x4_u=10 shl=11 shr_s=12 shr_u=13 add=14 sub=17 mul=21 extmul_low_i32x4_s=28 extmul_high_i32x4_s=29 extmul_low_i32x4_u=30 extmul_high_i32x4_u=31',
  ],
];
for (const [shape, base, list] of shapes) {
  for (const entry of list.split(' ')) {
    const [op, delta] = entry.split('=') as [string, string];
    const unary = /^(abs|neg|popcnt|all_true|bitmask|extend_|extadd_)/.test(op);
    const shift = /^(shl|shr_)/.test(op);
    const scalar = op === 'all_true' || op === 'bitmask';
    simd(`${shape}.${op}`, base + Number(delta), shift ? 'v128 i32' : unary ? 'v128' : 'v128 v128', scalar ? 'i32' : 'v128');
  }
}
for (const [shape, base] of [
  ['f32x4', 0xe0],
  ['f64x2', 0xec],
] as const) {
  'abs neg'.split(' ').forEach((op, i) => simd(`${shape}.${op}`, base + i, 'v128', 'v128'));
  simd(`${shape}.sqrt`, base + 3, 'v128', 'v128');
  'add sub mul div min max pmin pmax'.split(' ').forEach((op, i) => simd(`${shape}.${op}`, base + 4 + i, 'v128 v128', 'v128'));
}
for (const [name, code] of [
  ['f32x4.ceil', 0x67],
  ['f32x4.floor', 0x68],
  ['f32x4.trunc', 0x69],
  ['f32x4.nearest', 0x6a],
  ['f64x2.ceil', 0x74],
  ['f64x2.floor', 0x75],
  ['f64x2.trunc', 0x7a],
  ['f64x2.nearest', 0x94],
  ['i32x4.trunc_sat_f32x4_s', 0xf8],
  ['i32x4.trunc_sat_f32x4_u', 0xf9],
  ['f32x4.convert_i32x4_s', 0xfa],
  ['f32x4.convert_i32x4_u', 0xfb],
] as const) {
  simd(name, code, 'v128', 'v128');
}
// Relaxed SIMD: whether the product is rounded by itself is the engine's choice.
simd('f32x4.relaxed_madd', 0x105, 'v128 v128 v128', 'v128');
simd('f64x2.relaxed_madd', 0x107, 'v128 v128 v128', 'v128');

/** Every pure operation by name. */
export const ops: ReadonlyMap<string, Op> = new Map(table.map((op) => [op.name, op]));
