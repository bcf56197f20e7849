import { groupOf, intidOf, priorityOf } from '../devices/gic/candidate.ts';
import type { DeviceState } from '../devices/device.ts';
import type { Interrupts } from '../devices/gic/interrupts.ts';
import type { ListRegister } from '../devices/gic/list-registers.ts';
import { LIST_REGISTERS, VIRTUAL_PRIORITY_BITS } from '../devices/gic/virtual-interface.ts';
import type { Processor } from './processor.ts';

/** GICH_HCR, ICH_HCR_EL2: the interface works; maintenance interrupt when at most one register holds something. */
const EN = 1;
const UIE = 2;
/** State of a list register. */
const PENDING = 1;
const ACTIVE = 2;
/** Bits of a priority that list registers have. */
const PRIORITY = (0xff << (8 - VIRTUAL_PRIORITY_BITS)) & 0xff;
/** GICH_VMCR, ICH_VMCR_EL2. */
const VPMR = 24;

interface Listed {
  readonly intid: number;
  readonly group: 0 | 1;
  readonly priority: number;
  readonly state: number;
  /** Where what made it pending beside its line is here, and not in the distributor: the virtual CPU that it comes from. */
  readonly source: number | undefined;
}

type Active = Pick<Listed, 'intid' | 'group' | 'priority'>;

/** The virtual CPU that takes them. */
interface Taker {
  readonly index: number;
  readonly processor: Processor;
  readonly interfaceControl: number;
}

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
  private active: Active[] = [];
  /** Whether the distributor has changed since they were pushed. */
  isStale = true;

  constructor(distributor: Interrupts, vcpu: Taker) {
    this.distributor = distributor;
    this.vcpu = vcpu;
  }

  /** Whether the guest would take an interrupt, were it not for PSTATE: what ends WFI. */
  get areSignalled(): boolean {
    return this.signalled !== undefined;
  }

  /** The INTID of the one that it would take. */
  get signalled(): number | undefined {
    const control = this.vcpu.interfaceControl;
    const mask = control >>> VPMR;
    const found = this.distributor
      .pending(this.vcpu.index)
      .find((each) => priorityOf(each) < mask && ((control >> groupOf(each)) & 1) !== 0);
    return found === undefined ? undefined : intidOf(found);
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
    for (const [n, { intid, group, priority, state: before, source }] of listed.entries()) {
      const { state } = processor.interrupts.lists.registers[n] as ListRegister;
      processor.interrupts.list(n);
      if (state === PENDING) {
        this.seen.push(intid);
        if (source !== undefined) distributor.latch(index, intid, source);
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
    if (this.active.length > 0) this.active = this.active.filter(({ intid }) => distributor.isActive(index, intid));
    const pending = distributor.pending(index);
    const room = Math.max(0, LIST_REGISTERS - this.active.length);
    this.listed = [
      ...this.active.slice(-LIST_REGISTERS).map((each) => ({ ...each, state: ACTIVE, source: undefined })),
      ...pending.slice(0, room).map((each) => {
        const intid = intidOf(each);
        const source = distributor.takeLatched(index, intid);
        return { intid, group: groupOf(each), priority: priorityOf(each), state: PENDING, source };
      }),
    ];
    for (const [n, { intid: virtualId, group, priority, state, source = 0 }] of this.listed.entries()) {
      // To be heard of at its end: what is pending again by then.
      const signalsEnd = distributor.isPending(index, virtualId);
      const listed = { state, group, priority: priority & PRIORITY, virtualId, physicalId: source, signalsEnd };
      processor.interrupts.list(n, { ...listed, hardware: false });
    }
    for (let n = this.listed.length; n < LIST_REGISTERS; n++) processor.interrupts.list(n);
    processor.interrupts.setControl(pending.length > room ? EN | UIE : EN);
    this.isStale = false;
    const came = this.listed.filter(({ intid, state }) => state === PENDING && !this.seen.includes(intid)).length;
    this.seen = [];
    return came;
  }

  save(): DeviceState {
    const { isStale, active, listed } = this;
    return {
      isStale,
      seen: [...this.seen],
      active: active.map((each) => ({ ...each })),
      listed: listed.map((each) => ({ ...each, source: each.source ?? -1 })),
    };
  }

  restore(state: DeviceState): void {
    this.isStale = state['isStale'] as boolean;
    this.active = (state['active'] as unknown as Active[]).map((each) => ({ ...each }));
    const listed = state['listed'] as unknown as (Listed & { source: number })[];
    this.listed = listed.map((each) => ({ ...each, source: each.source < 0 ? undefined : each.source }));
    this.seen = [...(state['seen'] as number[])];
  }
}
