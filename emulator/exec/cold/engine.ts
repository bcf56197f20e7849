import { assert } from '../../base/assert.ts';
import { wasm, type WasmMemory, type WasmModule, type WasmTable } from '../../base/wasm.ts';
import { decode } from '../../isa/a64/index.ts';
import { insn, type Row, variantKey } from '../../isa/derive/insn.ts';
import { memoryMap } from '../../state/memory-map.ts';
import { countCalls, type Counters } from '../counters.ts';
import { handlerModule } from './handler.ts';
import { loopCases } from './loop-cases.ts';
import { FIRST_CASE, HANDLER_BREAK, HANDLER_UNDECODED, loopModule } from './loop.ts';
import { makeVariant, RECORD_BYTES, type Variant, writeOperands } from './micro-op.ts';
import { RecordCache } from './record-cache.ts';

/** Functions that generated code and the loop import: the runtime's exports beside the host's. */
export type EngineImports = Record<string, unknown>;
type Handler = (cpu: number, microOp: number, pc: bigint) => number;

interface Prepared {
  readonly variant: Variant;
  /** Number in records. */
  readonly handler: number;
  run: Handler | undefined;
}

/** A case of the loop: most guests execute few of them, so a variant is made for the first word of its kind. */
class LoopCase implements Prepared {
  readonly handler: number;
  run: Handler | undefined;
  private readonly row: Row;
  private readonly fields: Record<string, number>;
  private made: Variant | undefined;

  constructor(row: Row, fields: Record<string, number>, handler: number) {
    this.row = row;
    this.fields = fields;
    this.handler = handler;
  }

  get variant(): Variant {
    return (this.made ??= makeVariant(this.row, this.fields));
  }
}

export interface ColdOptions {
  /** A clock in milliseconds. */
  readonly now?: () => number;
  readonly counters?: Counters | undefined;
  /** {@link coldLoop} without counters, where somebody has it compiled. */
  readonly loop?: WasmModule | undefined;
}

/** The code of the loop. Making it takes some of the time to a guest's first instruction, so that the engine may be given it. */
export function coldLoop(counters?: Counters): Uint8Array {
  return loopModule(
    loopCases.map(({ row, fields }) => makeVariant(row, fields).statements),
    counters,
  );
}

const unallocated: Row = insn('UNALLOCATED', 'imm_word:32', { semantics: (b) => b.undefined() });
/** Rows after which straight-line decoding stops: what follows may be data. */
const ends = new Set(['B', 'BR', 'RET', 'ERET', 'UNALLOCATED', 'BRK', 'HLT', 'DRPS']);

/** Slots of the function table for handlers: all rows together have fewer different ones. Those behind are the hot tier's. */
export const FUNCTION_SLOTS = 8192;
/** Bits of variant fields from which on variants of a row are looked at for others that do the same. */
const MANY_VARIANTS = 10;

/** The cold tier: predecodes guest code to micro-ops and runs them in one WebAssembly loop. */
export class ColdEngine {
  protected readonly view: DataView;
  protected readonly table: WasmTable;
  private readonly loop: (cpu: number) => number;
  private readonly prepared = new Map<string, Prepared>();
  private readonly byRow = new Map<Row, Map<number, Prepared>>();
  private readonly byHandler: Prepared[] = [];
  /** Of rows with many variants, by what they do: most of the thousands of system registers that could be are UNDEFINED alike. */
  private readonly byCode = new Map<string, Prepared>();
  private readonly cache: RecordCache;
  /** Host addresses of words with a debugger's breakpoint, and the handlers that their records have without it (HANDLER_UNDECODED: none yet). */
  private readonly breakpoints = new Map<number, number>();
  /** Records that are decoded at a time, where they follow each other. */
  protected decodeAhead = 24;
  protected readonly imports: EngineImports;
  private readonly counters: Counters | undefined;
  private readonly protectCode: (hostPage: number) => void;
  protected readonly firstFunction: number;
  /** Host milliseconds in compiling handlers and regions, and how many modules, bytes and regions that made. */
  readonly costs = { compileMs: 0, modules: 1, moduleBytes: 0, regions: 0 };
  /** Host time at which the first instruction was about to be executed: the loop is compiled, and asks for its first record. */
  firstInstructionMs: number | undefined;
  protected readonly now: () => number;

  constructor(memory: WasmMemory, imports: EngineImports, { now = () => 0, counters, loop }: ColdOptions = {}) {
    this.view = new DataView(memory.buffer);
    this.cache = new RecordCache(this.view);
    this.table = new wasm.Table({ element: 'anyfunc', initial: 4096 });
    this.now = now;
    this.protectCode = imports.protectCode as (hostPage: number) => void;
    this.counters = counters;
    const functions = {
      ...imports,
      memory,
      table: this.table,
      decode: (cpu: number, microOp: number, pc: bigint) => {
        this.decodeAt(microOp >>> 0);
        this.decoded(cpu, microOp >>> 0, pc);
      },
    };
    this.imports = counters ? countCalls(functions, memory, counters) : functions;
    this.firstFunction = FIRST_CASE + loopCases.length;
    loopCases.forEach(({ row, fields }, k) => {
      const entry = new LoopCase(row, fields, FIRST_CASE + k);
      this.prepared.set(nameOf(row, variantKey(row, fields)), entry);
      this.byHandler[entry.handler] = entry;
    });
    const module = counters || !loop ? new wasm.Module(coldLoop(counters)) : loop;
    this.loop = new wasm.Instance(module, { env: this.imports }).exports.run as (cpu: number) => number;
  }

  /** Runs a core from its PC; answers a leave reason. */
  run(cpu: number): number {
    return this.loop(cpu);
  }

  /** Runs the instruction of one record by its function form (device accesses, single steps); answers a handler result. */
  runOne(cpu: number, microOp: number, pc: bigint): number {
    let number = this.handlerAt(microOp);
    if (number === HANDLER_UNDECODED) {
      this.decodeAt(microOp);
      number = this.handlerAt(microOp);
    }
    return this.functionOf(this.byHandler[number] as Prepared)(cpu, microOp, pc);
  }

  /** The handler of the one instruction of a record. */
  protected handlerAt(microOp: number): number {
    const handler = this.view.getUint16(microOp, true);
    return handler === HANDLER_BREAK ? (this.breakpoints.get(this.wordOf(microOp)) ?? HANDLER_UNDECODED) : handler;
  }

  // --- a debugger's breakpoints: in the records of instructions, so that the guest's memory stays as it is --------------------------

  /** From now on `run` leaves for STEP before the instruction at that host address; `runOne` executes it as ever. */
  setBreakpoint(host: number): void {
    if (this.breakpoints.has(host)) return;
    this.breakpoints.set(host, HANDLER_UNDECODED);
    const record = this.recordOf(host);
    if (record === 0 || this.handlerAt(record) === HANDLER_UNDECODED) return;
    this.breakpoints.set(host, this.handlerAt(record));
    this.view.setUint16(record, HANDLER_BREAK, true);
  }

  clearBreakpoint(host: number): void {
    const handler = this.breakpoints.get(host);
    const record = this.recordOf(host);
    this.breakpoints.delete(host);
    if (handler === undefined || record === 0) return;
    if (this.view.getUint16(record, true) === HANDLER_BREAK) this.view.setUint16(record, handler, true);
  }

  protected hasBreakpoint(host: number): boolean {
    return this.breakpoints.has(host);
  }

  /** The record of the word at a host address; 0 where its page has no micro-ops. */
  protected recordOf(host: number): number {
    const page = this.view.getUint32(memoryMap.CODE_OF_HOST_PAGE + Math.floor(host / 4096) * 4, true);
    return page === 0 ? 0 : page + 16 + ((host % 4096) / 4) * RECORD_BYTES;
  }

  /** The host address of a record's word. */
  private wordOf(record: number): number {
    const page = record - ((record - memoryMap.CODE_BASE) % memoryMap.CODE_PAGE_BYTES);
    return this.view.getUint32(page, true) + ((record - page - 16) / RECORD_BYTES) * 4;
  }

  /** A record was decoded: where a breakpoint is, that comes first. */
  private placeBreakpoint(record: number, host: number): void {
    if (!this.breakpoints.has(host)) return;
    this.breakpoints.set(host, this.view.getUint16(record, true));
    this.view.setUint16(record, HANDLER_BREAK, true);
  }

  /** A record was decoded because it is about to be executed. */
  protected decoded(_cpu: number, _microOp: number, _pc: bigint): void {}

  /** Variants that were decoded so far. */
  get variants(): number {
    return [...this.byRow.values()].reduce((sum, variants) => sum + variants.size, 0);
  }

  private functionOf(entry: Prepared): Handler {
    if (entry.run) return entry.run;
    const start = this.now();
    const module = new wasm.Module(
      handlerModule(entry.variant.statements, nameOf(entry.variant.row, entry.variant.key), this.counters),
    );
    entry.run = new wasm.Instance(module, { env: this.imports }).exports.handler as Handler;
    this.costs.modules++;
    this.costs.compileMs += this.now() - start;
    return entry.run;
  }

  /** A handler of its own for a variant, or that of another which is the same. */
  private newEntry(variant: Variant): Prepared {
    const bits = variant.row.variantFields.reduce((sum, { width }) => sum + width, 0);
    const code = bits < MANY_VARIANTS ? undefined : String.fromCharCode(...handlerModule(variant.statements));
    const same = code === undefined ? undefined : this.byCode.get(code);
    if (same) return { ...same, variant };
    const index = Math.max(0, this.byHandler.length - this.firstFunction);
    assert(index < FUNCTION_SLOTS, 'there are more handlers than slots for them');
    const entry: Prepared = { variant, handler: this.firstFunction + index, run: undefined };
    if (code !== undefined) this.byCode.set(code, entry);
    this.byHandler[entry.handler] = entry;
    if (index >= this.table.length) this.table.grow(4096);
    this.table.set(index, this.functionOf(entry));
    return entry;
  }

  private prepare(row: Row, fields: Record<string, number>): Prepared {
    let variants = this.byRow.get(row);
    if (!variants) this.byRow.set(row, (variants = new Map()));
    let number = 0;
    for (const { name, width } of row.variantFields) number = (number << width) | (fields[name] as number);
    const known = variants.get(number);
    if (known) return known;
    const name = nameOf(row, variantKey(row, fields));
    let entry = this.prepared.get(name);
    if (!entry) this.prepared.set(name, (entry = this.newEntry(makeVariant(row, fields))));
    variants.set(number, entry);
    return entry;
  }

  /** Decodes the record at an address, and those that follow it up to a branch that does not come back. */
  protected decodeAt(microOp: number): void {
    this.firstInstructionMs ??= this.now();
    const { view, cache } = this;
    const page = microOp - ((microOp - memoryMap.CODE_BASE) % memoryMap.CODE_PAGE_BYTES);
    const hostPage = view.getUint32(page, true);
    if ((view.getUint32(page + 4, true) & 1) === 0) this.protectCode(hostPage);
    const first = (microOp - page - 16) / RECORD_BYTES;
    for (let i = first; i < 1024 && i < first + this.decodeAhead; i++) {
      const record = page + 16 + i * RECORD_BYTES;
      if (view.getUint16(record, true) !== 0) return;
      const word = view.getUint32(hostPage + i * 4, true);
      const remembered = cache.copy(word, record);
      if (remembered !== 0 && this.breakpoints.size > 0) this.placeBreakpoint(record, hostPage + i * 4);
      if (remembered === 2) return;
      if (remembered === 1) continue;
      const decoded = decode(word);
      if (!decoded && i > first) return;
      const row = decoded?.row ?? unallocated;
      const fields = decoded?.fields ?? { imm_word: word };
      const entry = this.prepare(row, fields);
      writeOperands(view, record, entry.variant, fields);
      view.setUint16(record, entry.handler, true);
      const isLast = ends.has(row.name);
      cache.keep(word, record, isLast);
      if (this.breakpoints.size > 0) this.placeBreakpoint(record, hostPage + i * 4);
      if (isLast) return;
    }
  }
}

const nameOf = (row: Row, key: string): string => (key === '' ? row.name : `${row.name} ${key}`);
