import type { DeviceState, Dma } from '../device.ts';
import { candidate, FIRST_LPI, GROUP1, intidOf, NO_CANDIDATE, type Candidate } from '../gic/candidate.ts';
import type { InterruptSource } from '../gic/cpu-interface.ts';
import { field } from './its/words.ts';

/** Bits of an INTID (GICD_TYPER.IDbits + 1). */
export const INTID_BITS = 16;

/** An entry of the configuration table: enabled, priority (IHI 0069, "LPI Configuration tables"). */
const CONFIG_ENABLED = 1;
const CONFIG_PRIORITY = 0xfc;

/**
 * The LPIs of a redistributor (IHI 0069, "LPIs"). Pending bits lie in the table in guest memory, always up to date; what is kept beside is
 * what a redistributor may cache: of those that are pending and enabled the priority, as it was when they became pending or when software last
 * told of a change. An LPI beyond the tables' size, and one whose table lies where no memory is, does not become pending.
 */
export class Lpis {
  /** GICR_CTLR.EnableLPIs. */
  private enabled = false;
  /** GICR_PROPBASER and GICR_PENDBASER, the low half first. */
  readonly propbaser = new Uint32Array(2);
  readonly pendbaser = new Uint32Array(2);
  private readonly dma: Dma;
  private readonly changed: () => void;
  /** By INTID. */
  private readonly ready = new Map<number, Candidate>();
  /** The most urgent of {@link Lpis.ready}. */
  best: Candidate = NO_CANDIDATE;

  /** `changed` is called when {@link Lpis.best} may be another one. */
  constructor(dma: Dma, changed: () => void) {
    this.dma = dma;
    this.changed = changed;
  }

  get isEnabled(): boolean {
    return this.enabled;
  }

  setEnabled(enabled: boolean): void {
    if (enabled === this.enabled) return;
    this.enabled = enabled;
    this.readAll();
  }

  setPending(intid: number): void {
    if (!this.has(intid) || !this.writePending(intid, true)) return;
    this.readConfiguration(intid);
    this.changed();
  }

  /** Also when it is acknowledged. */
  clearPending(intid: number): void {
    if (this.has(intid)) this.writePending(intid, false);
    this.forget(intid);
    this.changed();
  }

  /** Looks at an LPI anew: its configuration may have changed. */
  read(intid: number): void {
    if (!this.has(intid)) return;
    this.forget(intid);
    if (this.isPending(intid)) this.readConfiguration(intid);
    this.changed();
  }

  /** Looks at all LPIs anew. */
  readAll(): void {
    this.ready.clear();
    this.best = NO_CANDIDATE;
    const first = FIRST_LPI / 8;
    const bytes = new Uint8Array(Math.max(0, this.limit / 8 - first));
    if (this.dma.read(this.pendingTable + first, bytes)) {
      for (const [at, bits] of bytes.entries()) {
        for (let rest = bits; rest !== 0; rest &= rest - 1) {
          this.readConfiguration((first + at) * 8 + 31 - Math.clz32(rest & -rest));
        }
      }
    }
    this.changed();
  }

  /** Moves an LPI to another redistributor if it is pending. */
  move(intid: number, to: Lpis): void {
    if (!to.has(intid) || !this.has(intid) || !this.isPending(intid)) return;
    this.clearPending(intid);
    to.setPending(intid);
  }

  /** Moves all that are pending to another redistributor. */
  moveAll(to: Lpis): void {
    const limit = Math.min(this.limit, to.limit);
    const first = FIRST_LPI / 8;
    const own = new Uint8Array(Math.max(0, limit / 8 - first));
    const theirs = new Uint8Array(own.length);
    if (!this.dma.read(this.pendingTable + first, own) || !this.dma.read(to.pendingTable + first, theirs)) return;
    // Nothing is lost if a guest gives both the same table.
    this.dma.write(this.pendingTable + first, new Uint8Array(own.length));
    this.dma.write(
      to.pendingTable + first,
      theirs.map((bits, at) => bits | (own[at] as number)),
    );
    this.readAll();
    to.readAll();
  }

  /** INTIDs end here: none are LPIs while they are off (GICR_PROPBASER.IDbits, and what the distributor has). */
  private get limit(): number {
    return this.enabled ? 2 ** Math.min(field(this.propbaser, 0, 5) + 1, INTID_BITS) : 0;
  }

  private has(intid: number): boolean {
    return intid >= FIRST_LPI && intid < this.limit;
  }

  private get configurationTable(): number {
    return field(this.propbaser, 12, 40) * 2 ** 12;
  }

  private get pendingTable(): number {
    return field(this.pendbaser, 16, 36) * 2 ** 16;
  }

  private isPending(intid: number): boolean {
    const byte = new Uint8Array(1);
    return this.dma.read(this.pendingTable + (intid >> 3), byte) && (((byte[0] as number) >> (intid & 7)) & 1) === 1;
  }

  /** Whether that has changed the table. */
  private writePending(intid: number, isPending: boolean): boolean {
    const address = this.pendingTable + (intid >> 3);
    const byte = new Uint8Array(1);
    if (!this.dma.read(address, byte)) return false;
    const before = byte[0] as number;
    const bit = 1 << (intid & 7);
    const after = isPending ? before | bit : before & ~bit;
    byte[0] = after;
    return after !== before && this.dma.write(address, byte);
  }

  /** For an LPI that is pending. */
  private readConfiguration(intid: number): void {
    const entry = new Uint8Array(1);
    if (!this.dma.read(this.configurationTable + intid - FIRST_LPI, entry)) return;
    const bits = entry[0] as number;
    if ((bits & CONFIG_ENABLED) === 0) return;
    const own = candidate(bits & CONFIG_PRIORITY, intid, 1);
    this.ready.set(intid, own);
    this.best = Math.min(this.best, own);
  }

  private forget(intid: number): void {
    this.ready.delete(intid);
    if (intidOf(this.best) !== intid) return;
    this.best = NO_CANDIDATE;
    for (const own of this.ready.values()) this.best = Math.min(this.best, own);
  }

  reset(): void {
    this.enabled = false;
    this.propbaser.fill(0);
    this.pendbaser.fill(0);
    this.ready.clear();
    this.best = NO_CANDIDATE;
  }

  save(): DeviceState {
    return {
      enabled: this.enabled,
      propbaser: [...this.propbaser],
      pendbaser: [...this.pendbaser],
      ready: [...this.ready.values()].sort((a, b) => a - b),
    };
  }

  restore(state: DeviceState): void {
    this.enabled = state['enabled'] as boolean;
    this.propbaser.set(state['propbaser'] as number[]);
    this.pendbaser.set(state['pendbaser'] as number[]);
    this.ready.clear();
    const ready = state['ready'] as Candidate[];
    for (const own of ready) this.ready.set(intidOf(own), own);
    this.best = ready[0] ?? NO_CANDIDATE;
  }
}

/**
 * A core's interrupts with its LPIs, which are all of Group 1 and have no active state: what acknowledges one ends it. `enabledGroups`: those of the
 * distributor.
 */
export function withLpis(others: InterruptSource, lpis: Lpis, enabledGroups: () => number): InterruptSource {
  return {
    highest: (groups) => Math.min(others.highest(groups), groups & enabledGroups() & GROUP1 ? lpis.best : NO_CANDIDATE),
    activate: (intid) => {
      if (intid >= FIRST_LPI) lpis.clearPending(intid);
      else others.activate(intid);
    },
    deactivate: (intid) => others.deactivate(intid),
  };
}
