import type { Signature } from './wasm-writer.ts';

/** Those that charge time beside the instruction's own: they take it off the budget in the state. */
export const chargesTime: ReadonlySet<string> = new Set(['physicalCount', 'virtualCount']);

/**
 * The functions that generated code may call, by name: those of the runtime (emulator/runtime) and those of the host. Every one
 * takes the core's address first. Pointers are i32.
 */
const list: [string, string, string][] = [
  // name, parameters, result
  ['slowLoad', 'i32 i64 i32 i64', 'i32'],
  ['slowStore', 'i32 i64 i32 i64', 'i32'],
  ['translateRw', 'i32 i64 i32 i64', 'i32'],
  ['regionStore', 'i32 i64 i32 i64', 'i32'],
  ['regionTranslate', 'i32 i64 i32 i64', 'i32'],
  ['fetchPage', 'i32 i64', 'i32'],
  ['takeInterrupt', 'i32 i32 i64', 'i32'],
  ['raise', 'i32 i32 i32 i64', ''],
  ['raiseToEl2', 'i32 i32 i32 i64', ''],
  ['interruptStatus', 'i32', 'i64'],
  ['eret', 'i32 i64', ''],
  ['setSpsel', 'i32 i32', ''],
  ['levelChanged', 'i32', ''],
  ['debugMaskChanged', 'i32', ''],
  ['waitFor', 'i32 i32 i64', 'i32'],
  ['maintainByAddress', 'i32 i64 i64', 'i32'],
  ['tlbiAll', 'i32 i32', ''],
  ['tlbiAsid', 'i32 i64 i32', ''],
  ['tlbiVa', 'i32 i64 i32', ''],
  ['addressTranslate', 'i32 i64 i32 i64', 'i32'],
  // Parallel mode.
  ['invalidateCode', 'i32 i64 i64', 'i32'],
  ['invalidateAllCode', 'i32 i32', ''],
  ['synchronize', 'i32', ''],
  ['compareExchangePair', 'i32 i32 i64 i64 i64 i64', 'i32'],
  ['atomicLimit', 'i32 i32 i32 i64', 'i64'],
  ['pmuSync', 'i32', ''],
  ['pmuChanged', 'i32', ''],
  ['pmuAccessible', 'i32', 'i64'],
  ['pmuControl', 'i32 i64', ''],
  ['pmuReadControl', 'i32', 'i64'],
  ['pmuIncrement', 'i32 i64', ''],
  ['pmuReadSelected', 'i32 i32', 'i64'],
  ['pmuWriteSelected', 'i32 i32 i64', ''],
  ['physicalCount', 'i32', 'i64'],
  ['virtualCount', 'i32', 'i64'],
  // Host: decode the micro-op at an address; MRS/MSR by the ISS of their trap: the value passes through field SYS_VALUE.
  ['decode', 'i32 i32 i64', ''],
  // Host: the cold tier must run the instruction at PC now.
  ['coldOnly', 'i32', ''],
  ['sysRead', 'i32 i32 i64', 'i32'],
  ['sysWrite', 'i32 i32 i64', 'i32'],
  ['hypercall', 'i32 i32 i64', 'i32'],
  ['debugTrap', 'i32 i32 i64', 'i32'],
];

for (const w of ['32', '64']) {
  const t = w === '32' ? 'i32' : 'i64';
  for (const name of [
    'fpAdd',
    'fpSub',
    'fpMul',
    'fpMulX',
    'fpDiv',
    'fpMax',
    'fpMin',
    'fpMaxNum',
    'fpMinNum',
    'fpRecipStepFused',
    'fpRSqrtStepFused',
  ]) {
    list.push([name + w, `${t} ${t} i32 i32`, t]);
  }
  for (const name of ['fpSqrt', 'fpRecipEstimate', 'fpRSqrtEstimate', 'fpRecpX']) list.push([name + w, `${t} i32 i32`, t]);
  list.push([`fpMulAdd${w}`, `${t} ${t} ${t} i32 i32`, t]);
  list.push([`fpRoundInt${w}`, `${t} i32 i32 i32 i32`, t]);
  list.push([`fpCompare${w}`, `${t} ${t} i32 i32 i32`, 'i32']);
  for (const name of ['fpCompareEQ', 'fpCompareGE', 'fpCompareGT']) list.push([name + w, `${t} ${t} i32 i32`, 'i32']);
  list.push([`fpToFixed${w}`, `${t} i32 i32 i32 i32 i32 i32`, 'i64']);
  list.push([`fixedToFp${w}`, 'i64 i32 i32 i32 i32', t]);
}
for (const [name, from, to] of [
  ['f16ToF32', 'i32', 'i32'],
  ['f16ToF64', 'i32', 'i64'],
  ['f32ToF16', 'i32', 'i32'],
  ['f32ToF64', 'i32', 'i64'],
  ['f64ToF16', 'i64', 'i32'],
  ['f64ToF32', 'i64', 'i32'],
  ['f64ToF32OddRound', 'i64', 'i32'],
] as const) {
  list.push([name, `${from} i32 i32`, to]);
}
list.push(['recipEstimateU32', 'i32', 'i32'], ['rsqrtEstimateU32', 'i32', 'i32']);

type T = 'i32' | 'i64';
const split = (text: string): T[] => (text ? (text.split(' ') as T[]) : []);

/** Signature of each callable function. */
export const functions: ReadonlyMap<string, Signature> = new Map(
  list.map(([name, params, result]) => [name, { params: split(params), results: split(result) }]),
);

/**
 * Functions that may take an exception, or leave for the outer loop before the instruction was done: nothing that the guest can see may
 * come before their call.
 */
export const mayNotRetire: ReadonlySet<string> = new Set([
  'raise',
  'raiseToEl2',
  'sysRead',
  'sysWrite',
  'hypercall',
  'debugTrap',
  'waitFor',
  'maintainByAddress',
  'invalidateCode',
  'addressTranslate',
]);
