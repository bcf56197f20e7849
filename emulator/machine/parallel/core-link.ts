import { offsetOf } from '../../state/layout.ts';
import { memoryMap, runStates } from '../../state/memory-map.ts';
import { corePointer } from '../runtime.ts';

/** What a core's thread asks of the machine's. Arguments are numbers of 32 bits; values pass through the core's state. */
export const callKinds = {
  deviceRead: 1,
  deviceWrite: 2,
  sysRead: 3,
  sysWrite: 4,
  hypercall: 5,
  /** Timers or the PMU were written, or the guest cannot go on. */
  attend: 6,
} as const;
export type CallKind = (typeof callKinds)[keyof typeof callKinds];

/** How far a call has come. */
const NONE = 0;
const MADE = 1;
const ANSWERED = 2;

/** How often an answer is looked for before the thread sleeps: a few microseconds. */
const SPINS = 500;

const CALL_PC = offsetOf('CALL_PC');
/** Text of what a core's thread died of, behind its state: length, then UTF-16 units. */
const TEXT = 0x3000;
const TEXT_UNITS = 2000;

const at = (field: string, index = 0): number => offsetOf(field, index) / 4;
const RUN_STATE = at('RUN_STATE');
const BELL = at('BELL');
const STOP = at('STOP');
const CALL = at('CALL');
const CALL_KIND = at('CALL_KIND');
const CALL_ARGUMENTS = at('CALL_ARGUMENTS');
const CALL_ANSWER = at('CALL_ANSWER');
const EXITS = at('EXITS');
const COMPILE_US = at('COMPILE_US');
const MODULES = at('MODULES');
const MACHINE_BELL = memoryMap.MACHINE_BELL / 4;

/** What the thread of a core and that of the machine tell each other, in the core's state. A bell is a word that a thread sleeps on. */
export class CoreLink {
  readonly core: number;
  private readonly words: Int32Array;
  private readonly shared: Int32Array;
  private readonly view: DataView;

  constructor(buffer: SharedArrayBuffer, core: number) {
    this.core = core;
    this.words = new Int32Array(buffer, corePointer(core), memoryMap.CORE_STRIDE / 4);
    this.shared = new Int32Array(buffer);
    this.view = new DataView(buffer, corePointer(core), memoryMap.CORE_STRIDE);
  }

  /** One of `runStates`. */
  get runState(): number {
    return Atomics.load(this.words, RUN_STATE);
  }

  set runState(state: number) {
    Atomics.store(this.words, RUN_STATE, state);
  }

  /** Whether the machine wants the core to stand still between instructions. */
  get stop(): boolean {
    return Atomics.load(this.words, STOP) !== 0;
  }

  set stop(wanted: boolean) {
    Atomics.store(this.words, STOP, wanted ? 1 : 0);
  }

  // --- the core's thread -------------------------------------------------------------------------------------------------------

  /** Sleeps while `wanted`, and no longer than some ms; whoever changes what it depends on rings. */
  sleepWhile(wanted: () => boolean, forMs = Infinity): void {
    const seen = Atomics.load(this.words, BELL);
    if (wanted()) Atomics.wait(this.words, BELL, seen, forMs);
  }

  ringMachine(): void {
    ring(this.shared, MACHINE_BELL);
  }

  /** Has the machine's thread do something, and waits for it. */
  call(kind: CallKind, first = 0, second = 0, third = 0, pc = 0n): number {
    const { words } = this;
    words[CALL_KIND] = kind;
    words[CALL_ARGUMENTS] = first;
    words[CALL_ARGUMENTS + 1] = second;
    words[CALL_ARGUMENTS + 2] = third;
    this.view.setBigUint64(CALL_PC, pc, true);
    Atomics.store(words, CALL, MADE);
    this.ringMachine();
    for (let spins = 0; spins < SPINS && Atomics.load(words, CALL) === MADE; spins++);
    while (Atomics.load(words, CALL) === MADE) Atomics.wait(words, CALL, MADE);
    Atomics.store(words, CALL, NONE);
    return words[CALL_ANSWER] as number;
  }

  countExit(reason: number): void {
    (this.words[EXITS + reason] as number)++;
  }

  tellCosts(compileMs: number, modules: number): void {
    this.words[COMPILE_US] = compileMs * 1000;
    this.words[MODULES] = modules;
  }

  /** The thread ends because of an error of ours. */
  fail(text: string): void {
    const units = Math.min(text.length, TEXT_UNITS);
    this.view.setUint16(TEXT, units, true);
    for (let n = 0; n < units; n++) this.view.setUint16(TEXT + 2 + 2 * n, text.charCodeAt(n), true);
    this.runState = runStates.FAILED;
    this.ringMachine();
  }

  // --- the machine's thread ----------------------------------------------------------------------------------------------------

  /** Wakes the core's thread so that it looks at lines, at STOP and whether it is powered. */
  ring(): void {
    ring(this.words, BELL);
  }

  /** Answers the call that the core has made, if it has. */
  serve(serve: (kind: CallKind, args: readonly [number, number, number], pc: bigint) => number): boolean {
    const { words } = this;
    if (Atomics.load(words, CALL) !== MADE) return false;
    const args = [0, 1, 2].map((n) => words[CALL_ARGUMENTS + n]) as [number, number, number];
    words[CALL_ANSWER] = serve(words[CALL_KIND] as CallKind, args, this.view.getBigUint64(CALL_PC, true));
    Atomics.store(words, CALL, ANSWERED);
    Atomics.notify(words, CALL);
    return true;
  }

  exits(reason: number): number {
    return this.words[EXITS + reason] as number;
  }

  get costs(): { compileMs: number; modules: number } {
    return { compileMs: (this.words[COMPILE_US] as number) / 1000, modules: this.words[MODULES] as number };
  }

  get failure(): string {
    return String.fromCharCode(
      ...Array.from({ length: this.view.getUint16(TEXT, true) }, (_, n) => this.view.getUint16(TEXT + 2 + 2 * n, true)),
    );
  }
}

function ring(words: Int32Array, bell: number): void {
  Atomics.add(words, bell, 1);
  Atomics.notify(words, bell);
}

/** What the machine's thread sleeps on. */
export class MachineBell {
  private readonly shared: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.shared = new Int32Array(buffer);
  }

  get rung(): number {
    return Atomics.load(this.shared, MACHINE_BELL);
  }

  /** Sleeps until it rings; not at all when it did since `rung` was read. */
  sleep(rung: number, forMs: number): void {
    Atomics.wait(this.shared, MACHINE_BELL, rung, forMs);
  }
}
