import type { DeviceState } from '../device.ts';
import { candidate, FIRST_LPI, NO_CANDIDATE, type Candidate } from './candidate.ts';
import type { InterruptSource } from './cpu-interface.ts';

/** States of a list register: bit 0 pending, bit 1 active. */
const PENDING = 1;
const ACTIVE = 2;

/** A virtual interrupt as a hypervisor lists it; GICH_LR<n> and ICH_LR<n>_EL2 show it in their own layouts. */
export interface ListRegister {
  state: number;
  group: 0 | 1;
  priority: number;
  virtualId: number;
  /** Whether a physical interrupt stands behind it, which ends with it. */
  hardware: boolean;
  /** The physical INTID where one does; else, for a GICv2, the core that an SGI comes from. */
  physicalId: number;
  /** The hypervisor wants to hear of its end. */
  signalsEnd: boolean;
}

export const emptyListRegister: Readonly<ListRegister> = {
  ...{ state: 0, group: 0, priority: 0, virtualId: 0, hardware: false, physicalId: 0, signalsEnd: false },
};

/**
 * The list registers of a core, from which its virtual CPU interface has its interrupts (IHI 0069, "List register usage"; IHI 0048 5.2.2).
 * Of two that hold one INTID, which software must not have, the first counts.
 */
export class ListRegisters implements InterruptSource {
  readonly registers: ListRegister[];
  /** Whether the virtual CPU interface works at all (En of the hypervisor's control). */
  enabled = false;
  /** Ends of interrupts that no list register holds, modulo 32. */
  unknownEnds = 0;
  /** Told that the guest takes an interrupt, or ends it. */
  watch: ((intid: number, isEnd: boolean) => void) | undefined;
  private readonly changed: () => void;
  private readonly deactivatePhysical: (intid: number) => void;

  /** `changed` is called when the interface itself has changed one; `deactivatePhysical` ends what stands behind one. */
  constructor(count: number, changed: () => void, deactivatePhysical: (intid: number) => void) {
    this.registers = Array.from({ length: count }, () => ({ ...emptyListRegister }));
    this.changed = changed;
    this.deactivatePhysical = deactivatePhysical;
  }

  highest(groups: number): Candidate {
    let best = NO_CANDIDATE;
    if (!this.enabled) return best;
    for (const { state, group, priority, virtualId } of this.registers) {
      if (state !== PENDING || ((groups >> group) & 1) === 0) continue;
      const next = candidate(priority, virtualId, group);
      if (next < best) best = next;
    }
    return best;
  }

  activate(intid: number): void {
    this.watch?.(intid, false);
    const register = this.find(intid, PENDING);
    if (register) register.state = intid >= FIRST_LPI ? 0 : (register.state & ~PENDING) | ACTIVE;
    this.changed();
  }

  deactivate(intid: number): void {
    this.watch?.(intid, true);
    const register = this.find(intid, ACTIVE);
    if (!register) {
      if (intid < FIRST_LPI) this.unknownEnds = (this.unknownEnds + 1) & 31;
    } else {
      register.state &= ~ACTIVE;
      if (register.hardware) this.deactivatePhysical(register.physicalId);
    }
    this.changed();
  }

  /** The register that holds an interrupt in (at least) a state. */
  find(intid: number, state: number): ListRegister | undefined {
    return this.registers.find((one) => one.virtualId === intid && (one.state & state) !== 0);
  }

  /** Registers whose interrupt has ended and whose end is to be heard of, one bit each. */
  get ended(): number {
    return this.select((one) => one.state === 0 && !one.hardware && one.signalsEnd);
  }

  /** Registers that hold nothing. */
  get free(): number {
    return this.select((one) => one.state === 0 && (one.hardware || !one.signalsEnd));
  }

  /** Registers with an interrupt that is pending and not active. */
  get pending(): number {
    return this.select((one) => one.state === PENDING);
  }

  /** How many hold an interrupt. */
  get valid(): number {
    return this.registers.filter((one) => one.state !== 0).length;
  }

  private select(holds: (register: ListRegister) => boolean): number {
    let bits = 0;
    for (let n = 0; n < this.registers.length; n++) if (holds(this.registers[n] as ListRegister)) bits |= 1 << n;
    return bits;
  }

  reset(): void {
    for (const register of this.registers) Object.assign(register, emptyListRegister);
    this.enabled = false;
    this.unknownEnds = 0;
  }

  save(): DeviceState {
    return { registers: this.registers.map((one) => ({ ...one })), enabled: this.enabled, unknownEnds: this.unknownEnds };
  }

  restore(state: DeviceState): void {
    for (const [n, saved] of (state['registers'] as unknown as ListRegister[]).entries()) {
      Object.assign(this.registers[n] as ListRegister, saved);
    }
    this.enabled = state['enabled'] as boolean;
    this.unknownEnds = state['unknownEnds'] as number;
  }
}
