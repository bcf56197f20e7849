import { groupOf, intidOf, priorityOf } from '../devices/gic/candidate.ts';
import type { Interrupts } from '../devices/gic/interrupts.ts';
import type { Processor } from './processor.ts';

/** List registers of a core (ICH_VTR_EL2.ListRegs + 1). */
const LIST_REGISTERS = 4;
/** ICH_HCR_EL2: the interface works; maintenance interrupt when at most one register holds something. */
const EN = 1n;
const UIE = 2n;
/** ICH_LR<n>_EL2 (IHI 0069 12.4). */
const STATE = 62n;
const PENDING = 1n;
const ACTIVE = 2n;
const GROUP = 60n;
const PRIORITY = 48n;
const END = 1n << 41n;

/** ICH_VMCR_EL2. */
const VPMR = 24n;

interface Listed {
  readonly intid: number;
  readonly group: number;
  readonly priority: number;
  readonly state: bigint;
  /** What made it pending beside its line is here, and not in the distributor. */
  readonly latched: boolean;
}

/** The virtual CPU that takes them. */
interface Taker {
  readonly index: number;
  readonly processor: Processor;
  readInterface(name: string): bigint;
}

const lr = (n: number): string => `ICH_LR${n}_EL2`;

/**
 * The interrupts of one virtual CPU between its cell's distributor and the list registers of its core. The distributor is right whenever
 * they are {@link pull}ed; the guest sees them once they are {@link push}ed.
 */
export class ListedInterrupts {
  private readonly vcpu: Taker;
  private readonly distributor: Interrupts;
  private listed: Listed[] = [];
  /** Pending ones that list registers held before they were pulled. */
  private seen: number[] = [];
  /** Active ones, the innermost last: list registers must hold them until their end. */
  private active: Pick<Listed, 'intid' | 'group' | 'priority'>[] = [];
  /** Whether the distributor has changed since they were pushed. */
  isStale = true;

  constructor(distributor: Interrupts, vcpu: Taker) {
    this.distributor = distributor;
    this.vcpu = vcpu;
  }

  /** Whether the guest would take an interrupt, were it not for PSTATE: what ends WFI. */
  get areSignalled(): boolean {
    const control = Number(this.vcpu.readInterface('ICH_VMCR_EL2'));
    const mask = control >>> Number(VPMR);
    return this.distributor
      .pending(this.vcpu.index)
      .some((each) => priorityOf(each) < mask && ((control >> groupOf(each)) & 1) !== 0);
  }

  /** Nothing is listed, as after a reset. */
  clear(): void {
    this.listed = [];
    this.active = [];
    this.seen = [];
    this.isStale = true;
  }

  /** Takes back what list registers hold, and tells the distributor what the guest did. */
  pull(): void {
    const { distributor, listed } = this;
    const { processor, index } = this.vcpu;
    this.listed = [];
    for (const [n, { intid, group, priority, state: before, latched }] of listed.entries()) {
      const state = processor.readInterface(lr(n)) >> STATE;
      processor.writeInterface(lr(n), 0n);
      if (state === PENDING) {
        this.seen.push(intid);
        if (latched) distributor.latch(index, intid);
        continue;
      }
      if (state === ACTIVE) {
        if (before === ACTIVE) continue;
        this.active.push({ intid, group, priority });
        distributor.setActive(index, intid);
      } else if (before === ACTIVE) {
        this.active = this.active.filter((other) => other.intid !== intid);
        distributor.deactivate(index, intid);
      }
    }
    this.isStale = true;
  }

  /** Fills the list registers. Answers how many interrupts came anew. */
  push(): number {
    const { distributor } = this;
    const { processor, index } = this.vcpu;
    // What the guest has ended at the distributor is over.
    this.active = this.active.filter(({ intid }) => distributor.isActive(index, intid));
    const pending = distributor.pending(index);
    const room = Math.max(0, LIST_REGISTERS - this.active.length);
    this.listed = [
      ...this.active.slice(-LIST_REGISTERS).map((each) => ({ ...each, state: ACTIVE, latched: false })),
      ...pending.slice(0, room).map((each) => {
        const intid = intidOf(each);
        const latched = distributor.takeLatched(index, intid);
        return { intid, group: groupOf(each), priority: priorityOf(each), state: PENDING, latched };
      }),
    ];
    for (const [n, { intid, group, priority, state }] of this.listed.entries()) {
      // To be heard of at its end: what is pending again by then.
      const comesBack = distributor.isPending(index, intid);
      const value = (state << STATE) | (BigInt(group) << GROUP) | (BigInt(priority) << PRIORITY) | BigInt(intid);
      processor.writeInterface(lr(n), comesBack ? value | END : value);
    }
    for (let n = this.listed.length; n < LIST_REGISTERS; n++) processor.writeInterface(lr(n), 0n);
    processor.writeInterface('ICH_HCR_EL2', pending.length > room ? EN | UIE : EN);
    this.isStale = false;
    const came = this.listed.filter(({ intid, state }) => state === PENDING && !this.seen.includes(intid)).length;
    this.seen = [];
    return came;
  }

  save(): (number | boolean)[] {
    const of = ({ intid, group, priority, state, latched }: Listed): (number | boolean)[] => {
      return [intid, group, priority, Number(state), latched];
    };
    return [
      ...[this.isStale, this.active.length, this.seen.length],
      ...this.seen,
      ...this.active.flatMap(({ intid, group, priority }) => [intid, group, priority]),
      ...this.listed.flatMap(of),
    ];
  }

  restore(state: readonly (number | boolean)[]): void {
    this.isStale = state[0] as boolean;
    const start = 3 + (state[2] as number);
    const end = start + (state[1] as number) * 3;
    this.seen = state.slice(3, start) as number[];
    this.active = [];
    this.listed = [];
    for (let at = start; at < end; at += 3) {
      const [intid, group, priority] = state.slice(at, at + 3) as [number, number, number];
      this.active.push({ intid, group, priority });
    }
    for (let at = end; at < state.length; at += 5) {
      const [intid, group, priority, held, latched] = state.slice(at, at + 5) as [number, number, number, number, boolean];
      this.listed.push({ intid, group, priority, state: BigInt(held), latched });
    }
  }
}
