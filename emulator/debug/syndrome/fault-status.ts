/** Fault status codes: DFSC and IFSC of ESR_ELx (DDI 0487 D19.2.37). */

/** What kind of fault a status code says; the level is apart where the code has one. */
export interface FaultStatus {
  readonly kind: FaultKind;
  readonly level: number | undefined;
  /** The manual's words. */
  readonly name: string;
}

export type FaultKind =
  | 'address-size'
  | 'translation'
  | 'access-flag'
  | 'permission'
  | 'external'
  | 'external-on-walk'
  | 'parity'
  | 'parity-on-walk'
  | 'tag-check'
  | 'alignment'
  | 'debug'
  | 'tlb-conflict'
  | 'hardware-update'
  | 'lockdown'
  | 'unsupported-exclusive'
  | 'reserved';

/** Codes whose two lowest bits are a level. */
const levelled: Readonly<Record<number, readonly [FaultKind, string]>> = {
  0x00: ['address-size', 'Address size fault'],
  0x04: ['translation', 'Translation fault'],
  0x08: ['access-flag', 'Access flag fault'],
  0x0c: ['permission', 'Permission fault'],
  0x14: ['external-on-walk', 'Synchronous External abort on translation table walk'],
  0x1c: ['parity-on-walk', 'Synchronous parity or ECC error on memory access on translation table walk'],
};

const single: Readonly<Record<number, readonly [FaultKind, string]>> = {
  0x10: ['external', 'Synchronous External abort, not on translation table walk'],
  0x11: ['tag-check', 'Synchronous Tag Check Fault'],
  0x18: ['parity', 'Synchronous parity or ECC error on memory access, not on translation table walk'],
  0x21: ['alignment', 'Alignment fault'],
  0x22: ['debug', 'Debug exception'],
  0x30: ['tlb-conflict', 'TLB conflict abort'],
  0x31: ['hardware-update', 'Unsupported atomic hardware update fault'],
  0x34: ['lockdown', 'IMPLEMENTATION DEFINED fault (Lockdown)'],
  0x35: ['unsupported-exclusive', 'IMPLEMENTATION DEFINED fault (Unsupported Exclusive or Atomic access)'],
};

/** The meaning of six bits of status. */
export function faultStatus(code: number): FaultStatus {
  const alone = single[code];
  if (alone) return { kind: alone[0], level: undefined, name: alone[1] };
  const family = levelled[code & 0x3c];
  if (!family) return { kind: 'reserved', level: undefined, name: 'reserved' };
  const level = code & 3;
  return { kind: family[0], level, name: `${family[1]}, level ${level}` };
}
