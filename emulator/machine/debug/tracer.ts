/**
 * Runs guest code as the loop of the cold tier does (exec/cold/loop.ts), but one instruction at a time, and tells what it sees. Interrupts and the
 * end of a budget are looked at where the loop looks at them, so the run is the same. For the end of a run that is repeated: it is slow.
 */
import type { ColdEngine } from '../../exec/cold/engine.ts';
import { offsetOf } from '../../state/layout.ts';
import { leaveReasons, memoryMap } from '../../state/memory-map.ts';
import type { Core } from '../core.ts';
import type { Runtime } from '../runtime.ts';

/** What a tracer needs of the runtime. */
export type TracedRuntime = Pick<Runtime, 'takeInterrupt' | 'fetchPage'>;

export interface TraceListener {
  /** An instruction at `from` went on to another one than the next. */
  branch(core: Core, from: bigint, to: bigint): void;
  /** An exception or an interrupt was taken; PC is the vector. Answers whether to stop. */
  exception(core: Core, from: bigint): boolean;
}

const LEAVE = offsetOf('LEAVE');
const TLB_FETCH = offsetOf('TLB_FETCH');
const BUDGET = offsetOf('BUDGET');
const FETCH_READY = 1n << 63n;
const RECORD = 16;
/** SError, FIQ, IRQ. */
const interruptKinds = [2, 1, 0];

export class Tracer {
  private readonly engine: ColdEngine;
  private readonly runtime: TracedRuntime;
  private readonly memory: DataView;
  private readonly listener: TraceListener;
  instructions = 0;
  /** Exceptions that each core had taken when it left: an instruction that runs outside, for a device, may raise one. */
  private readonly seen = new Map<Core, bigint>();

  constructor(engine: ColdEngine, runtime: TracedRuntime, buffer: SharedArrayBuffer, listener: TraceListener) {
    this.engine = engine;
    this.runtime = runtime;
    this.memory = new DataView(buffer);
    this.listener = listener;
  }

  /** Runs the core from its PC; answers a leave reason, as the loop does. */
  run(core: Core): number {
    const seen = this.seen.get(core);
    const isNew = seen !== undefined && seen !== core.get64('EXCEPTION_COUNT');
    const reason = isNew && this.listener.exception(core, core.get64('LAST_ELR')) ? leaveReasons.HOST : this.runUntilLeave(core);
    this.seen.set(core, core.get64('EXCEPTION_COUNT'));
    return reason;
  }

  private runUntilLeave(core: Core): number {
    const { view } = core;
    core.settle();
    for (;;) {
      if (this.takeInterrupts(core)) return leaveReasons.HOST;
      if (view.getInt32(BUDGET, true) <= 0) return leaveReasons.BUDGET;
      const reason = this.untilCheckpoint(core);
      if (reason !== undefined) return reason;
    }
  }

  private takeInterrupts(core: Core): boolean {
    if ((core.get32('IRQ_LINES') & ~(core.get32('DAIF') & core.get32('MASKABLE'))) === 0) return false;
    let stop = false;
    for (const kind of interruptKinds) {
      const from = core.pc;
      if (this.runtime.takeInterrupt(core.pointer, kind, from) !== 0) stop = this.listener.exception(core, from) || stop;
    }
    return stop;
  }

  /** Answers why to leave, or undefined at a checkpoint. */
  private untilCheckpoint(core: Core): number | undefined {
    const { memory } = this;
    // As in the loop, a page is looked up where control comes to it; what follows in line is fetched from it without asking again.
    let page = 0;
    for (;;) {
      const pc = core.pc;
      const exceptions = core.get64('EXCEPTION_COUNT');
      if (page === 0) page = this.pageOf(core, pc);
      if (page === 0) {
        if (core.get64('EXCEPTION_COUNT') !== exceptions && this.listener.exception(core, pc)) return leaveReasons.HOST;
        const reason = core.view.getUint32(LEAVE, true);
        return reason === leaveReasons.RESYNC ? undefined : reason;
      }
      const result = this.engine.runOne(core.pointer, page + RECORD + Number(pc & 0xffcn) * (RECORD / 4), pc);
      this.instructions++;
      if (core.get64('EXCEPTION_COUNT') !== exceptions) {
        if (this.listener.exception(core, pc)) return leaveReasons.HOST;
        return result === leaveReasons.HOST ? leaveReasons.HOST : undefined;
      }
      switch (result) {
        case 0:
          core.pc = BigInt.asUintN(64, pc + 4n);
          core.retire();
          if ((core.pc & 0xfffn) === 0n) return undefined;
          break;
        case leaveReasons.RESYNC:
          return undefined;
        case leaveReasons.DEVICE:
          core.pc = pc;
          return leaveReasons.DEVICE;
        case leaveReasons.CHECKPOINT:
        case leaveReasons.JUMPED: {
          core.retire();
          if (core.pc !== BigInt.asUintN(64, pc + 4n)) this.listener.branch(core, pc, core.pc);
          const word = memory.getUint32(memory.getUint32(page, true) + Number(pc & 0xffcn), true);
          const staysInPage = isDirect(word) && core.pc >> 12n === pc >> 12n;
          const isSpent = core.view.getInt32(BUDGET, true) <= 0;
          if (staysInPage && (result === leaveReasons.JUMPED || !isSpent)) break;
          return undefined;
        }
        default:
          core.retire();
          return result;
      }
    }
  }

  /** The page of micro-ops of an address by the fetch table, or by the runtime; 0 when that took an exception or wants to leave. */
  private pageOf(core: Core, pc: bigint): number {
    const at = core.view.getUint32(TLB_FETCH, true) + (Number((pc >> 8n) & 0xffff_ffffn) & memoryMap.SLOT_FETCH_MASK);
    const hits = (pc & 3n) === 0n && this.memory.getBigUint64(at, true) === ((pc >> 12n) | FETCH_READY);
    return hits ? this.memory.getUint32(at + 8, true) : this.runtime.fetchPage(core.pointer, pc) >>> 0;
  }
}

/** B, BL, B.cond, CBZ, CBNZ, TBZ, TBNZ (DDI 0487 C4.1.93): within a page the loop adds their offset. */
function isDirect(word: number): boolean {
  const kind = word & 0x7c00_0000;
  return kind === 0x1400_0000 || kind === 0x3400_0000 || word >>> 24 === 0x54;
}
