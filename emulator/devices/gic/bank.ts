import type { DeviceState } from '../device.ts';

/** One bit an interrupt. */
const bitFields = ['group', 'enabled', 'latched', 'level', 'active', 'edge'] as const;

/** What distinguishes the kinds of banks. Masks have one bit an interrupt; all are implemented when `implemented` is absent. */
export interface BankOptions {
  /** INTID of bit 0, a multiple of 32. */
  readonly base: number;
  /** The core whose private interrupts (SGIs and PPIs) these are; absent for SPIs, which all cores share. */
  readonly core?: number;
  readonly implemented?: number;
  /** Interrupts that are edge-triggered whatever GICx_ICFGR is told: SGIs. */
  readonly alwaysEdge?: number;
  readonly alwaysEnabled?: number;
  /** Interrupts whose pending state no GICx_ISPENDR or ICPENDR changes: SGIs of a GICv2, which are pending for each source. */
  readonly latchedElsewhere?: number;
}

/** 32 interrupts, as the GIC's registers group them: what GICx_IGROUPR<n> and its like show, one bit an interrupt. */
export class Bank {
  readonly base: number;
  readonly core: number | undefined;
  readonly implemented: number;
  readonly latchable: number;
  private readonly alwaysEdge: number;
  private readonly alwaysEnabled: number;

  group = 0;
  enabled = 0;
  /** Pending by a write to GICx_ISPENDR or an SGI, or by the edge of an edge-triggered input. */
  latched = 0;
  /** The input lines, whatever they are configured as. */
  level = 0;
  active = 0;
  edge = 0;
  readonly priority = new Uint8Array(32);

  constructor(options: BankOptions) {
    this.base = options.base;
    this.core = options.core;
    this.implemented = options.implemented ?? -1;
    this.latchable = this.implemented & ~(options.latchedElsewhere ?? 0);
    this.alwaysEdge = options.alwaysEdge ?? 0;
    this.alwaysEnabled = options.alwaysEnabled ?? 0;
    this.reset();
  }

  /**
   * A level-sensitive interrupt is pending while its line is high or a write made it so (IHI 0069 GICD_ISPENDR<n>, IHI 0048
   * GICD_ISPENDRn).
   */
  get pending(): number {
    return this.latched | (this.level & ~this.edge);
  }

  /** What a CPU interface may be offered: pending and enabled, and not active (an active and pending one waits for its end). */
  get ready(): number {
    return this.pending & this.enabled & ~this.active;
  }

  /** Drives the input lines of `bit`; false when that changes nothing. */
  drive(bit: number, level: boolean): boolean {
    if (((this.level & bit) !== 0) === level) return false;
    if (level) this.latched |= bit & this.edge;
    this.level = level ? this.level | bit : this.level & ~bit;
    return true;
  }

  setEnabled(bits: number): void {
    this.enabled = (bits & this.implemented) | this.alwaysEnabled;
  }

  setEdge(bits: number): void {
    this.edge = (bits & this.implemented) | this.alwaysEdge;
  }

  /** All but the input lines: what drives them is outside and stays. */
  reset(): void {
    this.group = 0;
    this.latched = 0;
    this.active = 0;
    this.setEnabled(0);
    this.setEdge(0);
    this.priority.fill(0);
  }

  save(): DeviceState {
    const state: DeviceState = {};
    for (const field of bitFields) state[field] = this[field];
    state['priority'] = this.priority.slice();
    return state;
  }

  restore(state: DeviceState): void {
    for (const field of bitFields) this[field] = state[field] as number;
    this.priority.set(state['priority'] as Uint8Array);
  }
}
