/** Reads the execution log of QEMU 7 (`-d in_asm,exec,cpu,int,nochain`). */

/** A translation block: what QEMU runs in one piece, unless an exception or a device stops it. */
export interface Block {
  readonly pc: bigint;
  readonly words: readonly number[];
}

/** The registers when a block begins; the same object every time. */
export interface Registers {
  /** X0 to X30 and SP, each as two halves, the lower one first. */
  readonly x: Uint32Array;
  pstate: number;
  /** V0 to V31 in the same way; FPCR and FPSR. Whether the log had them: it does with `-d fpu` where they are not trapped. */
  readonly v: Uint32Array;
  fpcr: number;
  fpsr: number;
  hasV: boolean;
}

export interface Exception {
  /** QEMU's number and name of it, `5 [IRQ]`. */
  readonly name: string;
  readonly isInterrupt: boolean;
  readonly isFetch: boolean;
  readonly esr: bigint;
  readonly far: bigint | undefined;
  readonly elr: bigint;
}

export interface LogListener {
  /** The block is about to run. False stops reading. */
  block(block: Block, registers: Registers): boolean;
  /** The block that was about to run does not, or only up to an address. */
  cut(pc: bigint): boolean;
  exception(exception: Exception): boolean;
}

/** PC, X0 to X30 and SP: 11 lines of three columns; then PSTATE. */
const LINE = 63;
const PSTATE_AT = 11 * LINE + 'PSTATE='.length;
const STATE_BYTES = PSTATE_AT + 8;
const LF = 10;
/** V0 to V31: 16 lines of two columns. */
const V_LINE = 76;
const V_BYTES = 16 * V_LINE;
const BUFFER_BYTES = 1 << 18;

const digits = new Uint8Array(128);
for (let value = 0; value < 16; value++) digits[value.toString(16).charCodeAt(0)] = value;

/** Where the 16 digits of X[n] (31 is SP) lie in the text of a state. */
const places = Array.from({ length: 32 }, (_, n) => {
  const column = (n + 1) % 3;
  const line = Math.floor((n + 1) / 3);
  return line * LINE + [4, 25, 46][column]!;
});

/** The end of the last line of a state; -1 when it is not there yet. */
function endOfState(text: Buffer, at: number): number {
  const line = text.indexOf(LF, at + STATE_BYTES);
  if (line < 0 || text.toString('latin1', line - 13, line - 8) !== 'FPSR=') return line;
  return line + V_BYTES < text.length ? line + V_BYTES : -1;
}

export class LogReader {
  private readonly listener: LogListener;
  /** The words of what was translated, by where the host code lies. */
  private readonly blocks = new Map<string, readonly number[]>();
  private readonly registers: Registers = {
    ...{ x: new Uint32Array(64), pstate: 0, v: new Uint32Array(128), fpcr: 0, fpsr: 0, hasV: false },
  };
  private readonly text = Buffer.alloc(BUFFER_BYTES);
  private filled = 0;
  private translated: number[] | undefined;
  private block: Block | undefined;
  private exception: { name: string; esr: bigint; far?: bigint; elr: bigint } | undefined;

  constructor(listener: LogListener) {
    this.listener = listener;
  }

  /** Where the next bytes of the log go. */
  get room(): Buffer {
    return this.text.subarray(this.filled);
  }

  /** Takes `count` bytes that were put into `room`. False when the listener has had enough. */
  take(count: number): boolean {
    const { text } = this;
    this.filled += count;
    const known = text.subarray(0, this.filled);
    let at = 0;
    for (;;) {
      // A state is read as a whole, from its first line to its last.
      const isState = known[at] === 0x20 && known[at + 1] === 0x50;
      const end = isState ? endOfState(known, at) : known.indexOf(LF, at);
      if (end < 0) break;
      if (!(isState ? this.state(known, at, end) : this.line(known.toString('latin1', at, end)))) return false;
      at = end + 1;
    }
    text.copyWithin(0, at, this.filled);
    this.filled -= at;
    return true;
  }

  private hex32(text: Buffer, at: number): number {
    let value = 0;
    for (let i = at; i < at + 8; i++) value = (value << 4) | digits[text[i]!]!;
    return value >>> 0;
  }

  private state(text: Buffer, at: number, end: number): boolean {
    const { registers, block } = this;
    if (!block) throw new Error('a state without a block in the log of QEMU');
    for (let n = 0; n < 32; n++) {
      const place = at + places[n]!;
      registers.x[2 * n + 1] = this.hex32(text, place);
      registers.x[2 * n] = this.hex32(text, place + 8);
    }
    registers.pstate = this.hex32(text, at + PSTATE_AT);
    registers.hasV = end > at + STATE_BYTES + V_BYTES;
    if (registers.hasV) this.vectors(text, end - V_BYTES);
    this.block = undefined;
    return this.listener.block(block, registers);
  }

  /** `at` is the end of the line that ends with FPCR and FPSR. */
  private vectors(text: Buffer, at: number): void {
    const { registers } = this;
    registers.fpsr = this.hex32(text, at - 8);
    registers.fpcr = this.hex32(text, at - 'FPSR='.length - 17);
    for (let word = 0; word < 128; word++) {
      const n = word >> 2;
      // `Q00=HIGH:LOW Q01=HIGH:LOW`: the highest word first.
      const digit = 4 + 8 * (3 - (word & 3)) + ((word & 2) === 0 ? 1 : 0);
      registers.v[word] = this.hex32(text, at + 1 + (n >> 1) * V_LINE + (n & 1) * (V_LINE / 2) + digit);
    }
  }

  private line(line: string): boolean {
    if (line.startsWith('0x')) {
      this.translated?.push(parseInt(line.slice(line.indexOf(':') + 1).trim(), 16));
    } else if (line.startsWith('IN:')) this.translated = [];
    else if (line.startsWith('Trace ')) this.trace(line);
    else if (line.startsWith('...')) return this.ofException(line);
    else if (line.startsWith('Taking exception')) {
      this.exception = { name: /exception (\d+ \[.*\])/.exec(line)?.[1] ?? line, esr: 0n, elr: 0n };
    } else {
      const cut =
        /^(?:Stopped execution of TB chain before \S+ \[|cpu_io_recompile: rewound execution of TB to )([0-9a-f]+)/.exec(line);
      if (cut) return this.listener.cut(BigInt(`0x${cut[1]}`));
    }
    return true;
  }

  /** `Trace 0: HOST [cs_base/pc/flags/cflags]`: a block is known by where its host code lies. */
  private trace(line: string): void {
    const [, , host = '', places = ''] = line.split(' ', 4);
    const [, pc] = places.split('/', 2);
    if (this.translated) this.blocks.set(host, this.translated);
    this.translated = undefined;
    const words = this.blocks.get(host);
    if (!words) throw new Error(`a block that QEMU did not translate: ${line}`);
    // The same code may be mapped at several addresses.
    this.block = { pc: BigInt(`0x${pc}`), words };
  }

  private ofException(line: string): boolean {
    const { exception } = this;
    if (!exception) return true;
    const value = (pattern: RegExp): bigint | undefined => {
      const found = pattern.exec(line)?.[1];
      return found === undefined ? undefined : BigInt(`0x${found}`);
    };
    exception.esr = value(/^\.\.\.with ESR 0x[0-9a-f]+\/0x([0-9a-f]+)/) ?? exception.esr;
    const far = value(/^\.\.\.with FAR 0x([0-9a-f]+)/);
    if (far !== undefined) exception.far = far;
    exception.elr = value(/^\.\.\.with ELR 0x([0-9a-f]+)/) ?? exception.elr;
    if (!line.startsWith('...to EL')) return true;
    this.exception = undefined;
    const [isInterrupt, isFetch] = [/^[56] /, /^3 /].map((pattern) => pattern.test(exception.name)) as [boolean, boolean];
    return this.listener.exception({ ...exception, far: exception.far, isInterrupt, isFetch });
  }
}
