import type { Core } from '../../emulator/machine/core.ts';
import type { Stepper } from '../../emulator/machine/stepper.ts';
import { Follower, type Followed } from './follower.ts';
import { History, type Step } from './history.ts';
import type { Block, Exception, LogListener, Registers } from './log.ts';
import { isFirmwareCall, registerRead } from './outside.ts';

export interface Mismatch {
  readonly name: string;
  readonly ours: bigint;
  readonly theirs: bigint;
}

export interface Difference {
  /** What was executed since both were last the same: one instruction, or those of a block. The last is what was executed last. */
  readonly steps: readonly Step[];
  /** Instructions before those, from the first on. */
  readonly before: readonly Step[];
  /** Number of the first of `steps` since the start. */
  readonly number: number;
  readonly mismatches: readonly Mismatch[];
  /** Where it is not (only) a register that differs. */
  readonly what?: string;
}

/** The bits of PSTATE that QEMU's log shows and that we have: NZCV, SS, IL, DAIF, EL, SPSel. */
const PSTATE_MASK = 0xf030_03cd;
const FLAGS = ['NF', 'ZF', 'CF', 'VF'];

/** Runs our machine along the log of QEMU and compares the registers wherever a block of QEMU's begins. */
export class Comparer implements LogListener {
  readonly followed: Followed;
  difference: Difference | undefined;
  /** Instructions that agree so far. */
  count = 0;
  private readonly core: Core;
  private readonly stepper: Stepper;
  private readonly follower: Follower;
  private readonly history = new History();
  private readonly x: Uint32Array;
  private readonly v: Uint32Array;
  private readonly limit: number;
  /** What QEMU is about to run or has run, and we have not. */
  private owed: Block | undefined;
  /** Steps of the block that was run last. */
  private ran = 0;
  /** An exception has been taken since both were last the same. */
  private entered = false;

  /** Compares until `limit` instructions are done. */
  constructor(stepper: Stepper, limit: number) {
    this.stepper = stepper;
    this.core = stepper.core;
    this.limit = limit;
    this.follower = new Follower(stepper);
    this.followed = this.follower.followed;
    this.x = this.core.words('X');
    this.v = this.core.words('V');
  }

  block(block: Block, registers: Registers): boolean {
    this.runOwed();
    const complaint = this.follower.resume();
    if (complaint) return this.differs([], complaint);
    const mismatches = this.compare(block.pc, registers);
    if (mismatches.length > 0) return this.differs(mismatches);
    this.count += this.ran;
    this.ran = 0;
    this.owed = block;
    return this.count < this.limit;
  }

  cut(pc: bigint): boolean {
    const { owed } = this;
    if (!owed) throw new Error('QEMU cuts a block that it did not begin');
    const words = owed.words.slice(0, Number(pc - owed.pc) / 4);
    this.owed = words.length > 0 ? { pc: owed.pc, words } : undefined;
    return true;
  }

  exception(exception: Exception): boolean {
    // A fetch that fails begins no block.
    const raised = this.runOwed() || (exception.isFetch && this.stepper.step());
    this.entered = true;
    if (exception.isInterrupt) {
      const complaint = this.follower.interrupt(exception);
      return complaint ? this.differs([], complaint) : true;
    }
    if (!raised) return this.differs([], `QEMU takes exception ${exception.name}, and ours takes none`);
    const { core } = this;
    const register = (name: string, theirs: bigint) => {
      const atLevel = `${name}_EL${core.get32('EL')}`;
      return mismatch(atLevel, core.get64(atLevel), theirs);
    };
    const mismatches = [
      register('ESR', exception.esr),
      register('ELR', exception.elr),
      ...(exception.far === undefined ? [] : [register('FAR', exception.far)]),
    ];
    const wrong = mismatches.filter((one) => one !== undefined);
    return wrong.length === 0 || this.differs(wrong);
  }

  /** Runs what QEMU has run; answers whether it ended in an exception of ours. */
  private runOwed(): boolean {
    const { owed, stepper, history, core } = this;
    if (!owed) return false;
    this.owed = undefined;
    for (const word of owed.words) {
      history.add(core.pc, word);
      this.ran++;
      if (stepper.step()) return true;
    }
    return false;
  }

  private compare(pc: bigint, registers: Registers): Mismatch[] {
    const { core } = this;
    const { x, pstate } = registers;
    const found: Mismatch[] = [];
    for (let n = 0; n < 32; n++) {
      // Slots of the state: X0 to X30, two that are no registers, SP.
      const slot = n === 31 ? 33 : n;
      if (this.x[2 * slot] === x[2 * n] && this.x[2 * slot + 1] === x[2 * n + 1]) continue;
      const theirs = (BigInt(x[2 * n + 1]!) << 32n) | BigInt(x[2 * n]!);
      if (this.isAdopted(n, theirs)) continue;
      found.push({ name: n === 31 ? 'SP' : `X${n}`, ours: core.x(n), theirs });
    }
    if (core.pc !== pc) found.push({ name: 'PC', ours: core.pc, theirs: pc });
    // On exception entry QEMU clears NZCV, which the architecture leaves as they are (DDI 0487, AArch64.TakeException).
    if (this.entered && pstate >>> 28 === 0) for (const flag of FLAGS) core.set32(flag, 0);
    this.entered = false;
    const ours = this.pstate();
    if (ours !== (pstate & PSTATE_MASK) >>> 0) found.push({ name: 'PSTATE', ours: BigInt(ours), theirs: BigInt(pstate) });
    if (registers.hasV) found.push(...this.compareVectors(registers));
    return found;
  }

  private compareVectors({ v, fpcr, fpsr }: Registers): Mismatch[] {
    const { core } = this;
    const found = [
      mismatch('FPCR', BigInt(core.get32('FPCR')), BigInt(fpcr)),
      mismatch('FPSR', BigInt(core.get32('FPSR')), BigInt(fpsr)),
    ];
    const value = (words: Uint32Array, n: number): bigint =>
      words.subarray(4 * n, 4 * n + 4).reduceRight((all, word) => (all << 32n) | BigInt(word), 0n);
    for (let word = 0; word < 128; word++) {
      if (this.v[word] === v[word]) continue;
      found.push(mismatch(`V${word >> 2}`, value(this.v, word >> 2), value(v, word >> 2)));
      word |= 3;
    }
    return found.filter((one) => one !== undefined);
  }

  /** Whether QEMU's value of X[n] had to be taken over: QEMU ends a block at what reads time or a device. */
  private isAdopted(n: number, theirs: bigint): boolean {
    const { follower, stepper } = this;
    const [step] = this.history.last(1);
    if (this.ran === 0 || !step) return false;
    if (isFirmwareCall(step.word)) return follower.adoptResult(n, theirs);
    if ((step.word & 31) !== n) return false;
    const { deviceRead } = stepper;
    if (deviceRead !== undefined) return follower.adoptDevice(deviceRead, n, theirs);
    const register = registerRead(step.word);
    return register !== undefined && follower.adoptRegister(register, n, theirs);
  }

  private pstate(): number {
    const { core } = this;
    const flags = (core.get32('NF') << 3) | (core.get32('ZF') << 2) | (core.get32('CF') << 1) | core.get32('VF');
    const state = (core.get32('SS') << 21) | (core.get32('IL') << 20) | (core.get32('DAIF') << 6);
    return ((flags << 28) | state | (core.get32('EL') << 2) | core.get32('SPSEL')) >>> 0;
  }

  private differs(mismatches: Mismatch[], what?: string): false {
    const steps = this.history.last(this.ran);
    const before = this.history.last(this.ran + 20).slice(0, -this.ran || undefined);
    this.difference = { steps, before, number: this.count, mismatches, ...(what ? { what } : {}) };
    return false;
  }
}

function mismatch(name: string, ours: bigint, theirs: bigint): Mismatch | undefined {
  return ours === theirs ? undefined : { name, ours, theirs };
}
