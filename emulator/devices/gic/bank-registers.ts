import type { Bank } from './bank.ts';
import { merge, type Register } from './register-map.ts';

/** How the registers below find the bank of interrupts that the accessing core sees, and whom they tell of a change. */
export interface BankAccess<Context> {
  bank(context: Context, word: number): Bank | undefined;
  changed(context: Context, bank: Bank): void;
}

/**
 * The registers of state that both GICs have, in the distributor and (GICv3) in a redistributor (IHI 0069, IHI 0048:
 * GICD_IGROUPR<n> and so on).
 */
export function bankRegisters<Context>(prefix: 'GICD' | 'GICR', words: number, access: BankAccess<Context>): Register<Context>[] {
  /** `each` registers for a bank of 32 interrupts; `index` counts within the bank. */
  function row(
    name: string,
    offset: number,
    each: number,
    read: (bank: Bank, index: number) => number,
    write: (bank: Bank, value: number, mask: number, index: number) => void,
  ): Register<Context> {
    return {
      name: `${prefix}_${name}`,
      offset,
      count: words * each,
      read: (context, index) => {
        const bank = access.bank(context, Math.floor(index / each));
        return bank === undefined ? 0 : read(bank, index % each);
      },
      write: (context, value, mask, index) => {
        const bank = access.bank(context, Math.floor(index / each));
        if (bank === undefined) return;
        write(bank, value, mask, index % each);
        access.changed(context, bank);
      },
    };
  }

  return [
    row(
      'IGROUPR',
      0x080,
      1,
      (bank) => bank.group,
      (bank, value, mask) => (bank.group = merge(bank.group, value, mask) & bank.implemented),
    ),
    row(
      'ISENABLER',
      0x100,
      1,
      (bank) => bank.enabled,
      (bank, ones) => bank.setEnabled(bank.enabled | ones),
    ),
    row(
      'ICENABLER',
      0x180,
      1,
      (bank) => bank.enabled,
      (bank, ones) => bank.setEnabled(bank.enabled & ~ones),
    ),
    row(
      'ISPENDR',
      0x200,
      1,
      (bank) => bank.pending,
      (bank, ones) => (bank.latched |= ones & bank.latchable),
    ),
    row(
      'ICPENDR',
      0x280,
      1,
      (bank) => bank.pending,
      (bank, ones) => (bank.latched &= ~(ones & bank.latchable)),
    ),
    row(
      'ISACTIVER',
      0x300,
      1,
      (bank) => bank.active,
      (bank, ones) => (bank.active |= ones & bank.implemented),
    ),
    row(
      'ICACTIVER',
      0x380,
      1,
      (bank) => bank.active,
      (bank, ones) => (bank.active &= ~ones),
    ),
    row('IPRIORITYR', 0x400, 8, getPriorities, setPriorities),
    row('ICFGR', 0xc00, 2, getConfiguration, setConfiguration),
  ];
}

/** The priorities of four interrupts. All 8 bits are kept, as in QEMU, even where the CPU interface has fewer. */
function getPriorities({ priority }: Bank, index: number): number {
  let word = 0;
  for (let lane = 0; lane < 4; lane++) word |= (priority[index * 4 + lane] as number) << (lane * 8);
  return word;
}

function setPriorities(bank: Bank, value: number, mask: number, index: number): void {
  for (let lane = 0; lane < 4; lane++) {
    const at = index * 4 + lane;
    if ((mask >>> (lane * 8)) & (bank.implemented >>> at) & 1) bank.priority[at] = value >>> (lane * 8);
  }
}

/** The upper bit of two tells edge-triggered from level-sensitive; the lower is reserved (IHI 0069 GICD_ICFGR<n>). */
function getConfiguration({ edge }: Bank, index: number): number {
  let word = 0;
  for (let at = 0; at < 16; at++) word |= ((edge >>> (index * 16 + at)) & 1) << (at * 2 + 1);
  return word;
}

function setConfiguration(bank: Bank, value: number, mask: number, index: number): void {
  let edge = bank.edge;
  for (let at = 0; at < 16; at++) {
    const bit = 1 << (index * 16 + at);
    if ((mask >>> (at * 2 + 1)) & 1) edge = (value >>> (at * 2 + 1)) & 1 ? edge | bit : edge & ~bit;
  }
  bank.setEdge(edge);
}
