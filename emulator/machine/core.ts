import { SLOT_SINK, SLOT_SP, offsetOf, stateField, stateFields } from '../state/layout.ts';
import { sysregs } from '../isa/sysregs/index.ts';
import { memoryMap } from '../state/memory-map.ts';
import { CoreClock } from './core-clock.ts';
import { corePointer } from './runtime.ts';

const at = (name: string, index = 0): number => offsetOf(name, index);
const PC = at('PC');
const BUDGET = at('BUDGET');
const TIME_LIMIT = at('TIME_LIMIT');
const UPC = at('UPC');
const RUN_START = at('RUN_START');
const UNCOUNTED = at('UNCOUNTED');
const ID_AA64PFR0 = at('ID', 32);
const LINES = at('LINES');
const IRQ_LINES = at('IRQ_LINES');
/** In IRQ_LINES: whoever takes interrupts works out first which of LINES its level may take. */
const STALE = 128;
const WAITING = at('WAITING');
const POWERED_OFF = at('POWERED_OFF');
/** Values of POWERED_OFF beside 0. */
const [OFF, SUSPENDED, STANDING_BY] = [1, 2, 3];

/** A core's part of a snapshot. */
export interface CoreSnapshot {
  /** The guest-visible fields of the state layout, one after the other. */
  readonly fields: Uint8Array;
  readonly cycles: number;
  /** Of them, what was no instruction. */
  readonly uncountedCycles: bigint;
}

/** One core's state as the machine sees it: accessors over the linear memory. */
export class Core {
  readonly index: number;
  readonly pointer: number;
  readonly view: DataView;
  readonly clock: CoreClock;
  /** All of it, as it lies in memory. */
  readonly state: Uint8Array;

  constructor(buffer: SharedArrayBuffer, index: number, clock = new CoreClock(1e9)) {
    this.index = index;
    this.clock = clock;
    this.pointer = corePointer(index);
    this.view = new DataView(buffer, this.pointer, memoryMap.CORE_STRIDE);
    this.state = new Uint8Array(buffer, this.pointer, memoryMap.CORE_STRIDE);
  }

  get32(name: string, index = 0): number {
    return this.view.getUint32(at(name, index), true);
  }

  set32(name: string, value: number, index = 0): void {
    this.view.setUint32(at(name, index), value, true);
  }

  get64(name: string, index = 0): bigint {
    return this.view.getBigUint64(at(name, index), true);
  }

  set64(name: string, value: bigint, index = 0): void {
    this.view.setBigUint64(at(name, index), value, true);
  }

  get pc(): bigint {
    return this.view.getBigUint64(PC, true);
  }

  set pc(value: bigint) {
    this.view.setBigUint64(PC, value, true);
  }

  /** General register, 31 is the stack pointer in use. */
  x(n: number): bigint {
    return this.get64('X', n === 31 ? SLOT_SP : n);
  }

  setX(n: number, value: bigint): void {
    this.set64('X', BigInt.asUintN(64, value), n === 31 ? SLOT_SP : n);
  }

  /** A field in memory as words of 32 bits, the lower halves of its elements first. */
  words(name: string): Uint32Array {
    const { type, count } = stateField(name);
    return new Uint32Array(this.view.buffer, this.pointer + at(name), ({ u32: 4, u64: 8, v128: 16 }[type] * count) / 4);
  }

  /** Cycles of its clock that have passed. Only between runs of generated code. */
  get cycles(): number {
    return Number(this.view.getBigUint64(TIME_LIMIT, true)) - this.view.getInt32(BUDGET, true);
  }

  /** Virtual time that the core has reached, in ns. Only between runs of generated code. */
  get nowNs(): number {
    return this.clock.nsAt(this.cycles);
  }

  /** Lets the core run until `limitNs` of virtual time. */
  setLimit(limitNs: number): void {
    this.setCycles(this.cycles, this.clock.cycleAt(limitNs));
  }

  /** Lets the core run for so many cycles. */
  grant(cycles: number): void {
    const now = this.cycles;
    this.setCycles(now, now + cycles);
  }

  private setCycles(now: number, limit: number): void {
    this.view.setBigUint64(TIME_LIMIT, BigInt(limit), true);
    this.view.setInt32(BUDGET, limit - now, true);
    this.view.setUint32(UPC, 0, true);
    this.view.setUint32(RUN_START, 0, true);
  }

  /** To be called when generated code has returned: nothing is spilled any more. */
  settle(): void {
    this.view.setUint32(UPC, 0, true);
    this.view.setUint32(RUN_START, 0, true);
  }

  /** One more instruction has retired outside of the loop. */
  retire(): void {
    this.view.setInt32(BUDGET, this.view.getInt32(BUDGET, true) - 1, true);
  }

  /** Time becomes `ns` (the first cycle there) without instructions; a stepper may go back, too. */
  passTo(ns: number): void {
    const cycle = this.clock.cycleAt(ns);
    const passed = BigInt(cycle - this.cycles);
    this.view.setBigUint64(UNCOUNTED, this.view.getBigUint64(UNCOUNTED, true) + passed, true);
    this.setCycles(cycle, cycle);
  }

  /** The core was busy with what is no instruction for so long, within a run: what ends that stays when it is. */
  spend(ns: number): void {
    const cycles = this.clock.cycleAt(ns);
    this.view.setInt32(BUDGET, this.view.getInt32(BUDGET, true) - cycles, true);
    this.view.setBigUint64(UNCOUNTED, this.view.getBigUint64(UNCOUNTED, true) + BigInt(cycles), true);
  }

  /** The inputs of the core: 1 FIQ, 2 IRQ, 4 SError, 8 virtual FIQ, 16 virtual IRQ. */
  get irqLines(): number {
    return this.view.getUint32(LINES, true);
  }

  set irqLines(lines: number) {
    this.view.setUint32(LINES, lines, true);
    this.view.setUint32(IRQ_LINES, this.hasEl2 ? lines | STALE : lines, true);
  }

  /** Whether EL2 is there, as the identification registers say. */
  get hasEl2(): boolean {
    return (this.view.getUint32(ID_AA64PFR0, true) & 0xf00) !== 0;
  }

  /** 0 running, 1 in WFI, 2 in WFE. */
  get waiting(): number {
    return this.view.getUint32(WAITING, true);
  }

  set waiting(value: number) {
    this.view.setUint32(WAITING, value, true);
  }

  get poweredOff(): boolean {
    return this.view.getUint32(POWERED_OFF, true) !== 0;
  }

  set poweredOff(value: boolean) {
    this.view.setUint32(POWERED_OFF, value ? OFF : 0, true);
  }

  /** Whether the core does not run until the interrupt controller wants it. */
  get suspended(): boolean {
    return this.view.getUint32(POWERED_OFF, true) >= SUSPENDED;
  }

  /** Whether it is suspended and keeps what it knows. */
  get standingBy(): boolean {
    return this.view.getUint32(POWERED_OFF, true) === STANDING_BY;
  }

  /** Suspends the core where it is. Unlike WFI, that may end by what its CPU interface masks. */
  standBy(): void {
    this.view.setUint32(POWERED_OFF, STANDING_BY, true);
  }

  /** Powers the core off until it is wanted. Where it goes on then is kept in X0 and X1, which nobody uses meanwhile. */
  suspend(entry: bigint, context: bigint): void {
    this.setX(0, entry);
    this.setX(1, context);
    this.view.setUint32(POWERED_OFF, SUSPENDED, true);
  }

  /** Powered, and not waiting. */
  get canRun(): boolean {
    return !this.poweredOff && this.waiting === 0;
  }

  /** Guest-visible state to its values at a cold reset, at a level with interrupts masked and everything else off. Time is kept. */
  reset(ids: BigUint64Array, mpidr: bigint, counterHz: number, level: number): void {
    for (const field of stateFields) {
      if (!field.arch) continue;
      const bytes = { u32: 4, u64: 8, v128: 16 }[field.type] * field.count;
      this.state.fill(0, field.offset, field.offset + bytes);
    }
    for (const { field, reset } of sysregs) {
      if (reset === 0n || field === undefined) continue;
      if (stateField(field).type === 'u32') this.set32(field, Number(reset));
      else this.set64(field, reset);
    }
    ids.forEach((value, index) => this.set64('ID', value, index));
    this.set64('MPIDR_EL1', mpidr);
    this.set64('VPIDR_EL2', ids[0] as bigint);
    this.set64('VMPIDR_EL2', mpidr);
    this.set64('CNTFRQ_EL0', BigInt(counterHz));
    this.set32('EL', level);
    this.set32('SPSEL', 1);
    this.set32('DAIF', 15);
    this.set32('CORE_INDEX', this.index);
    for (const field of ['SAME_FAULTS', 'NESTED', 'REPEATS']) this.set32(field, 0);
    this.set32('SEV_SENT', 0);
  }

  /** The state for a snapshot. Only between runs of generated code. */
  save(): CoreSnapshot {
    const parts: Uint8Array[] = [];
    this.architecturalBytes((bytes) => parts.push(bytes));
    const fields = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      fields.set(part, at);
      at += part.length;
    }
    return { fields, cycles: this.cycles, uncountedCycles: this.get64('UNCOUNTED') };
  }

  /** The inverse of {@link save}; interrupt lines are left to the devices that drive them. */
  restore({ fields, cycles, uncountedCycles }: CoreSnapshot): void {
    let at = 0;
    this.architecturalBytes((bytes) => {
      bytes.set(fields.subarray(at, at + bytes.length));
      at += bytes.length;
    });
    this.set32('CORE_INDEX', this.index);
    for (const field of ['SAME_FAULTS', 'NESTED', 'REPEATS']) this.set32(field, 0);
    this.setCycles(cycles, cycles);
    this.set64('UNCOUNTED', uncountedCycles);
    this.set64('PMU_LAST_CYCLES', BigInt(cycles));
    this.set64('PMU_LAST_INSTRUCTIONS', BigInt(cycles) - uncountedCycles);
  }

  /** Bytes of the guest-visible fields, in order. The sink is not among them: what is left in it depends on the tier. */
  architecturalBytes(visit: (bytes: Uint8Array) => void): void {
    this.set64('X', 0n, SLOT_SINK);
    for (const field of stateFields) {
      if (!field.arch) continue;
      const bytes = { u32: 4, u64: 8, v128: 16 }[field.type] * field.count;
      visit(this.state.subarray(field.offset, field.offset + bytes));
    }
  }

  /** PC, registers and state for a person. */
  describe(): string {
    const hex = (value: bigint): string => value.toString(16).padStart(16, '0');
    const lines = [`core ${this.index} at EL${this.get32('EL')}, PC ${hex(this.pc)}, SP ${hex(this.x(31))}`];
    for (let n = 0; n < 31; n += 4) {
      lines.push(
        [0, 1, 2, 3]
          .filter((k) => n + k < 31)
          .map((k) => `X${n + k}`.padStart(4) + ` ${hex(this.x(n + k))}`)
          .join(''),
      );
    }
    for (const level of this.hasEl2 ? [1, 2] : [1]) {
      const named = ['ESR', 'FAR', 'ELR', 'VBAR'].map((name) => `${name}_EL${level} ${hex(this.get64(`${name}_EL${level}`))}`);
      lines.push(named.join('  '));
    }
    return lines.join('\n');
  }
}
