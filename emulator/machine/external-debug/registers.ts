/** Registers of a core as debuggers read and write them. */
import type { DebugRegister } from '../../debug/target-description.ts';
import { offsetOf, SLOT_SP } from '../../state/layout.ts';
import type { Core } from '../core.ts';
import type { Runtime } from '../runtime.ts';

/** The fields of PSTATE, by the lowest of their bits in SPSR (DDI 0487 C5.2.18). */
const flags = [
  ['NF', 31],
  ['ZF', 30],
  ['CF', 29],
  ['VF', 28],
  ['SS', 21],
  ['IL', 20],
] as const;

/** Where the register lies now: a stack pointer that is in use is not in its bank. */
function place(core: Core, { offset, stackOf }: DebugRegister): number {
  return stackOf !== undefined && stackOf === bankInUse(core) ? offsetOf('X', SLOT_SP) : offset!;
}

const bankInUse = (core: Core): number => (core.get32('SPSEL') !== 0 ? core.get32('EL') : 0);

export function readRegister(runtime: Runtime, core: Core, register: DebugRegister): Uint8Array {
  const bytes = new Uint8Array(register.bits / 8);
  if (register.offset === undefined) {
    new DataView(bytes.buffer).setUint32(0, Number(BigInt.asUintN(32, runtime.pstate(core.pointer))), true);
    return bytes;
  }
  const { buffer, byteOffset } = core.view;
  bytes.set(new Uint8Array(buffer, byteOffset + place(core, register), bytes.length));
  return bytes;
}

/** False where it can't be written. What depends on the register is the caller's to look at. */
export function writeRegister(core: Core, register: DebugRegister, bytes: Uint8Array): boolean {
  if (register.readOnly) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (register.offset === undefined) return writePstate(core, view.getUint32(0, true));
  const at = place(core, register);
  if (register.bits !== 64) new Uint8Array(core.view.buffer, core.view.byteOffset + at, bytes.length).set(bytes);
  else {
    const { mask = 0xffff_ffff_ffff_ffffn, ones = 0n } = register;
    core.view.setBigUint64(at, (view.getBigUint64(0, true) & mask) | ones, true);
  }
  return true;
}

/** Flags, masks and the level; false for what no exception return could bring about here, AArch32 above all (DDI 0487 D1.4.4). */
function writePstate(core: Core, value: number): boolean {
  const level = (value >> 2) & 3;
  const spsel = value & 1;
  if ((value & 0x12) !== 0 || (level === 0 && spsel !== 0) || level > Math.max(core.get32('EL'), 1)) return false;
  for (const [name, bit] of flags) core.set32(name, (value >>> bit) & 1);
  core.set32('DAIF', (value >> 6) & 15);
  const before = bankInUse(core);
  core.set32('EL', level);
  core.set32('SPSEL', spsel);
  const now = bankInUse(core);
  if (before !== now) {
    core.set64('SP_BANK', core.x(31), before);
    core.setX(31, core.get64('SP_BANK', now));
  }
  return true;
}
