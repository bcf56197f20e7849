import type { Line } from '../device.ts';
import type { Bank } from './bank.ts';
import { candidate, GROUP0, GROUP1, NO_CANDIDATE, type Candidate } from './candidate.ts';
import type { InterruptSource } from './cpu-interface.ts';

/** Where SGIs are pending for each core that they come from, as a GICv2's: takes one of those cores, or puts it back. */
export interface SgiSources {
  take(core: number, sgi: number): number;
  put(core: number, sgi: number, source: number): void;
}

/**
 * All interrupts of a GIC, of whichever version, and which cores an SPI may go to. Whoever changes a bank says so by
 * {@link Interrupts.changed}; `notify` is then called for each core whose most urgent interrupt may be another one now.
 */
export class Interrupts {
  /** GICD_CTLR.EnableGrp*, as a set of groups. */
  enabledGroups = 0;
  private readonly privates: readonly Bank[];
  private readonly shared: readonly Bank[];
  private readonly notify: (core: number) => void;
  private readonly sgiSources: SgiSources | undefined;
  /** For each core and bank of SPIs: those that may go to the core. */
  private readonly targets: readonly Int32Array[];
  /** For each bank of SPIs what was ready when last looked at, and which of them are not zero: a scan visits only those. */
  private readonly ready: Int32Array;
  private readyBanks = 0;

  constructor(privates: readonly Bank[], shared: readonly Bank[], notify: (core: number) => void, sgiSources?: SgiSources) {
    this.sgiSources = sgiSources;
    this.privates = privates;
    this.shared = shared;
    this.notify = notify;
    this.targets = privates.map(() => new Int32Array(shared.length));
    this.ready = new Int32Array(shared.length);
  }

  /** The bank with word `word` (INTIDs from `32 * word`) as `core` sees it, or undefined where no interrupts are. */
  bank(core: number, word: number): Bank | undefined {
    return word === 0 ? this.privates[core] : this.shared[word - 1];
  }

  /** The input line of an SPI or a PPI. */
  line(bank: Bank, intid: number): Line {
    const bit = 1 << intid;
    return {
      set: (level) => {
        if (bank.drive(bit, level)) this.changed(bank);
      },
    };
  }

  /** Lets SPI `intid` go to the cores of a bit set. */
  route(intid: number, cores: number): void {
    const word = (intid >> 5) - 1;
    const bit = 1 << intid;
    for (const [core, words] of this.targets.entries()) {
      const before = words[word] as number;
      const after = (cores >> core) & 1 ? before | bit : before & ~bit;
      words[word] = after;
      if (after !== before) this.notify(core);
    }
  }

  /** To be called after a change to the registers or inputs of `bank`. */
  changed(bank: Bank): void {
    if (bank.core !== undefined) return this.notify(bank.core);
    const word = (bank.base >> 5) - 1;
    const ready = bank.ready;
    // A priority or group may have changed as well, so even what stays ready matters.
    const before = this.ready[word] as number;
    // What is active may have been ended in a list register, of which nobody was told: whoever fills those must look.
    const affected = ready | before | (bank.pending & bank.active);
    this.ready[word] = ready;
    this.readyBanks = ready === 0 ? this.readyBanks & ~(1 << word) : this.readyBanks | (1 << word);
    if (affected === 0) return;
    for (let core = 0; core < this.targets.length; core++) {
      if (((this.targets[core] as Int32Array)[word] as number) & affected) this.notify(core);
    }
  }

  /** Looks at everything anew: after a reset or a restore, or a change to {@link Interrupts.enabledGroups}. */
  changedAll(): void {
    for (const bank of this.shared) this.changed(bank);
    for (let core = 0; core < this.privates.length; core++) this.notify(core);
  }

  /** Makes an interrupt active whose pending state a list register had taken. */
  setActive(core: number, intid: number): void {
    const bank = this.bank(core, intid >> 5);
    if (bank === undefined) return;
    bank.active |= (1 << intid) & bank.implemented;
    this.changed(bank);
  }

  /** Acknowledges an interrupt; as its counterpart, does nothing for an INTID that is not implemented. */
  activate(core: number, intid: number): void {
    const bank = this.bank(core, intid >> 5);
    if (bank === undefined) return;
    bank.active |= (1 << intid) & bank.implemented;
    bank.latched &= ~(1 << intid);
    this.changed(bank);
  }

  deactivate(core: number, intid: number): void {
    const bank = this.bank(core, intid >> 5);
    if (bank === undefined) return;
    bank.active &= ~(1 << intid);
    this.changed(bank);
  }

  /** Whether an interrupt is pending for a core, for which it has to be awake (IHI 0069, "Power management": WakeRequest). */
  wantsAwake(core: number): boolean {
    return this.highest(core, GROUP0 | GROUP1) !== NO_CANDIDATE;
  }

  /**
   * A list register takes over what made an interrupt pending beside its line: answers the core that it comes from, 0 where that is not kept, or
   * undefined where there was nothing. Of several cores the others keep it pending.
   */
  takeLatched(core: number, intid: number): number | undefined {
    const bank = this.bank(core, intid >> 5);
    const bit = 1 << intid;
    if (bank === undefined || (bank.latched & bit) === 0) return undefined;
    if (intid < 16 && this.sgiSources) return this.sgiSources.take(core, intid);
    bank.latched &= ~bit;
    this.changed(bank);
    return 0;
  }

  /** The inverse, where a list register gives it back. */
  latch(core: number, intid: number, source: number): void {
    const bank = this.bank(core, intid >> 5);
    if (bank === undefined) return;
    if (intid < 16 && this.sgiSources) return this.sgiSources.put(core, intid, source);
    bank.latched |= 1 << intid;
    this.changed(bank);
  }

  /** All that a CPU interface of `core` may be offered, the most urgent first. */
  pending(core: number): Candidate[] {
    const all: Candidate[] = [];
    const collect = (bank: Bank, ready: number): void => {
      const enabled = (this.enabledGroups & 2 ? bank.group : 0) | (this.enabledGroups & 1 ? ~bank.group : 0);
      for (let rest = ready & enabled; rest !== 0; rest &= rest - 1) all.push(mostUrgent(bank, rest & -rest, NO_CANDIDATE));
    };
    const own = this.privates[core] as Bank;
    collect(own, own.ready);
    const targets = this.targets[core] as Int32Array;
    for (let rest = this.readyBanks; rest !== 0; rest &= rest - 1) {
      const word = 31 - Math.clz32(rest & -rest);
      collect(this.shared[word] as Bank, (this.ready[word] as number) & (targets[word] as number));
    }
    return all.sort((a, b) => a - b);
  }

  /** Whether the interrupt is active. */
  isActive(core: number, intid: number): boolean {
    return (((this.bank(core, intid >> 5)?.active ?? 0) >> (intid & 31)) & 1) !== 0;
  }

  /** Whether it is pending, active or not. */
  isPending(core: number, intid: number): boolean {
    return (((this.bank(core, intid >> 5)?.pending ?? 0) >>> (intid & 31)) & 1) !== 0;
  }

  /** The most urgent interrupt of `groups` for `core`. Priority mask and running priority are the CPU interface's affair. */
  highest(core: number, groups: number): Candidate {
    const enabled = groups & this.enabledGroups;
    const group0 = enabled & 1 ? -1 : 0;
    const group1 = enabled & 2 ? -1 : 0;
    const own = this.privates[core] as Bank;
    let best = mostUrgent(own, own.ready & ((own.group & group1) | (~own.group & group0)), NO_CANDIDATE);
    const targets = this.targets[core] as Int32Array;
    for (let rest = this.readyBanks; rest !== 0; rest &= rest - 1) {
      const word = 31 - Math.clz32(rest & -rest);
      const bank = this.shared[word] as Bank;
      const bits = (this.ready[word] as number) & (targets[word] as number);
      best = mostUrgent(bank, bits & ((bank.group & group1) | (~bank.group & group0)), best);
    }
    return best;
  }
}

/** What a core's CPU interface sees of the interrupts, which are made later than it: they need the cores' banks. */
export function interruptSource(core: number, interrupts: () => Interrupts): InterruptSource {
  return {
    highest: (groups) => interrupts().highest(core, groups),
    activate: (intid) => interrupts().activate(core, intid),
    deactivate: (intid) => interrupts().deactivate(core, intid),
  };
}

/** The more urgent of `best` and the interrupts `bits` of `bank`. */
function mostUrgent(bank: Bank, bits: number, best: Candidate): Candidate {
  for (let rest = bits; rest !== 0; rest &= rest - 1) {
    const bit = 31 - Math.clz32(rest & -rest);
    const next = candidate(bank.priority[bit] as number, bank.base + bit, ((bank.group >>> bit) & 1) as 0 | 1);
    if (next < best) best = next;
  }
  return best;
}
