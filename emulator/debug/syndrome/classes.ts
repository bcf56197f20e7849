/** Exception classes: ESR_ELx.EC (DDI 0487 D19.2.37), one row each, with the layout of their ISS. */
import { systemRegisterName } from '../../isa/derive/system-names.ts';
import { faultStatus } from './fault-status.ts';

/** A field of the ISS. Those without a meaning are shown when they are not zero. */
export interface IssField {
  readonly name: string;
  readonly from: number;
  readonly width: number;
  readonly meaning?: (value: number, iss: number) => string | undefined;
}

export interface ExceptionClass {
  /** The manual's words. */
  readonly name: string;
  /** For tables. */
  readonly brief: string;
  readonly iss: readonly IssField[];
}

const field = (name: string, from: number, width = 1, meaning?: IssField['meaning']): IssField => ({
  name,
  from,
  width,
  ...(meaning ? { meaning } : {}),
});

const status = (value: number): string => faultStatus(value).name;
const immediate = (name: string): IssField => field(name, 0, 16);
const set = (name: string, text: string) => (value: number) => (value === 1 ? text : name);

/** A condition of AArch32 code; 0b1110 with CV for all of AArch64. */
const condition = [field('CV', 24), field('COND', 20, 4)];

const walkFields = [
  field('FnV', 10, 1, (value) => (value ? 'FAR is not valid' : undefined)),
  field('EA', 9),
  field('S1PTW', 7, 1, (value) => (value ? 'stage 2 fault on a stage 1 translation table walk' : undefined)),
];

const instructionAbort: readonly IssField[] = [field('SET', 11, 2), ...walkFields, field('IFSC', 0, 6, status)];

const sizes = ['byte', 'halfword', 'word', 'doubleword'];
/** What is valid only with ISV. */
const whenValid = (text: (value: number) => string) => (value: number, iss: number) =>
  ((iss >> 24) & 1) !== 0 ? text(value) : undefined;

const dataAbort: readonly IssField[] = [
  field('ISV', 24),
  field(
    'SAS',
    22,
    2,
    whenValid((value) => sizes[value] as string),
  ),
  field('SSE', 21),
  field(
    'SRT',
    16,
    5,
    whenValid((value) => `register ${value}`),
  ),
  field('SF', 15),
  field('AR', 14),
  field('VNCR', 13),
  field('SET', 11, 2),
  ...walkFields.slice(0, 2),
  field('CM', 8, 1, (value) => (value ? 'cache maintenance or address translation' : undefined)),
  walkFields[2] as IssField,
  field('WnR', 6, 1, set('read', 'write')),
  field('DFSC', 0, 6, status),
];

const systemAccess: readonly IssField[] = [
  field('Op0', 20, 2, (op0, iss) =>
    systemRegisterName(
      op0,
      { op1: (iss >> 14) & 7, CRn: (iss >> 10) & 15, CRm: (iss >> 1) & 15, op2: (iss >> 17) & 7 },
      (iss & 1) === 1,
    ).toUpperCase(),
  ),
  ...[field('Op2', 17, 3), field('Op1', 14, 3), field('CRn', 10, 4)],
  field('Rt', 5, 5),
  field('CRm', 1, 4),
  field('Direction', 0, 1, set('write (MSR)', 'read (MRS)')),
];

const watchpoint: readonly IssField[] = [field('CM', 8), field('WnR', 6, 1, set('read', 'write')), field('DFSC', 0, 6, status)];
const debug = [field('IFSC', 0, 6, status)];
const step = [field('ISV', 24), field('EX', 6), ...debug];
const floating = ['IDF', '', '', 'IXF', 'UFF', 'OFF', 'DZF', 'IOF'].flatMap((name, at) => (name ? [field(name, 7 - at)] : []));

const row = (name: string, brief: string, iss: readonly IssField[] = []): ExceptionClass => ({ name, brief, iss });

/** By EC. What is not here is reserved. */
export const exceptionClasses: Readonly<Record<number, ExceptionClass>> = {
  0x00: row('Unknown reason', 'unknown or undefined'),
  0x01: row('Trapped WFI or WFE instruction execution', 'WFI or WFE', [
    ...condition,
    field('TI', 0, 2, (value) => ['WFI', 'WFE', 'WFIT', 'WFET'][value]),
  ]),
  0x03: row('Trapped MCR or MRC access with coproc 0b1111', 'AArch32 MCR or MRC'),
  0x04: row('Trapped MCRR or MRRC access with coproc 0b1111', 'AArch32 MCRR or MRRC'),
  0x05: row('Trapped MCR or MRC access with coproc 0b1110', 'AArch32 MCR or MRC, debug'),
  0x06: row('Trapped LDC or STC access', 'AArch32 LDC or STC'),
  0x07: row('Access to SVE, Advanced SIMD or floating-point functionality, trapped', 'FP or SIMD', condition),
  0x0c: row('Trapped MRRC access with coproc 0b1110', 'AArch32 MRRC'),
  0x0e: row('Illegal Execution state', 'illegal state'),
  0x11: row('SVC instruction execution in AArch32 state', 'AArch32 SVC', [immediate('imm16')]),
  0x12: row('HVC instruction execution in AArch32 state', 'AArch32 HVC', [immediate('imm16')]),
  0x13: row('SMC instruction execution in AArch32 state', 'AArch32 SMC'),
  0x15: row('SVC instruction execution in AArch64 state', 'SVC', [immediate('imm16')]),
  0x16: row('HVC instruction execution in AArch64 state', 'HVC', [immediate('imm16')]),
  0x17: row('SMC instruction execution in AArch64 state', 'SMC', [immediate('imm16')]),
  0x18: row('Trapped MSR, MRS or System instruction execution in AArch64 state', 'system register', systemAccess),
  0x19: row('Access to SVE functionality, trapped', 'SVE'),
  0x1f: row('IMPLEMENTATION DEFINED exception to EL3', 'implementation defined'),
  0x20: row('Instruction Abort from a lower Exception level', 'instruction abort, lower level', instructionAbort),
  0x21: row('Instruction Abort taken without a change in Exception level', 'instruction abort', instructionAbort),
  0x22: row('PC alignment fault exception', 'PC alignment'),
  0x24: row('Data Abort from a lower Exception level', 'data abort, lower level', dataAbort),
  0x25: row('Data Abort taken without a change in Exception level', 'data abort', dataAbort),
  0x26: row('SP alignment fault exception', 'SP alignment'),
  0x28: row('Trapped floating-point exception taken from AArch32 state', 'AArch32 FP exception', [field('TFV', 23), ...floating]),
  0x2c: row('Trapped floating-point exception taken from AArch64 state', 'FP exception', [field('TFV', 23), ...floating]),
  0x2f: row('SError exception', 'SError', [field('IDS', 24), field('AET', 10, 3), field('EA', 9), field('DFSC', 0, 6)]),
  0x30: row('Breakpoint exception from a lower Exception level', 'breakpoint, lower level', debug),
  0x31: row('Breakpoint exception taken without a change in Exception level', 'breakpoint', debug),
  0x32: row('Software Step exception from a lower Exception level', 'software step, lower level', step),
  0x33: row('Software Step exception taken without a change in Exception level', 'software step', step),
  0x34: row('Watchpoint exception from a lower Exception level', 'watchpoint, lower level', watchpoint),
  0x35: row('Watchpoint exception taken without a change in Exception level', 'watchpoint', watchpoint),
  0x38: row('BKPT instruction execution in AArch32 state', 'AArch32 BKPT', [immediate('Comment')]),
  0x3a: row('Vector Catch exception from AArch32 state', 'AArch32 vector catch'),
  0x3c: row('BRK instruction execution in AArch64 state', 'BRK', [immediate('Comment')]),
};
