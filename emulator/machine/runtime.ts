import { wasm, type WasmMemory, type WasmModule } from '../base/wasm.ts';
import { memoryMap } from '../state/memory-map.ts';

/** What the machine calls of the AssemblyScript runtime (emulator/runtime). Addresses of the linear memory are numbers, guest addresses bigints. */
export interface Runtime {
  initializeMemory(
    cores: number,
    clockNs: number,
    clockCycles: number,
    counterHz: bigint,
    paBits: number,
    counterCharge: number,
    codePages: number,
  ): void;
  initializeTlb(): void;
  mapRam(pa: bigint, bytes: bigint): void;
  mapRom(pa: bigint, host: number, bytes: number): void;
  allocate(bytes: number): number;
  physicalAddress(pa: bigint): number;
  /** The same of memory that is written now. */
  writtenAddress(pa: bigint): number;
  /** See emulator/runtime/shared-pages.ts. */
  currentMap(): number;
  cloneMap(): number;
  useMap(map: number): number;
  dropMap(map: number): void;
  /** Bytes of host memory that no page has had yet. */
  poolLeft(): number;
  peekEntry(pa: bigint): number;
  codePageCount(): number;
  codeRangeChanged(host: number, bytes: number): void;
  levelChanged(cpu: number): void;
  stepChanged(cpu: number): void;
  selectFetch(cpu: number): void;
  pstate(cpu: number): bigint;
  raise(cpu: number, ec: number, iss: number, returnAddress: bigint): void;
  raiseToEl2(cpu: number, ec: number, iss: number, returnAddress: bigint): void;
  raiseWithAddress(cpu: number, ec: number, iss: number, address: bigint, returnAddress: bigint): void;
  eret(cpu: number, pc: bigint): void;
  interruptsChanged(cpu: number): void;
  takeInterrupt(cpu: number, kind: number, pc: bigint): number;
  fetchPage(cpu: number, va: bigint): number;
  fetchRecord(cpu: number, va: bigint): number;
  tlbiAll(cpu: number, broadcast: number): void;
  now(cpu: number): bigint;
  ticksOf(ns: bigint): bigint;
  instructions(cpu: number): bigint;
  pmuChanged(cpu: number): void;
  pmuInterrupt(cpu: number): number;
  pmuDeadline(cpu: number): bigint;
  // Parallel mode: see emulator/runtime/parallel.ts.
  joinParallel(core: number): void;
  clock(): bigint;
  moveClock(ns: number): void;
  leaveGuest(cpu: number, state: number): void;
  enterGuest(cpu: number): void;
  serveRequests(cpu: number): void;
  askToFlushAll(): void;
  synchronizeMachine(): void;
  sendEvent(): void;
  explainAddress(cpu: number, va: bigint, access: number, user: number): bigint;
  fetchPage(cpu: number, va: bigint): number;
  /** Watchpoints of a debugger on a page were set or cleared. */
  watchesChanged(va: bigint): void;
}

/** What the runtime calls of the machine: accesses that reach a device; the value passes through BOUNCE. 1 when something answered. */
export interface RuntimeImports {
  deviceRead(cpu: number, paHigh: number, paLow: number, size: number): number;
  deviceWrite(cpu: number, paHigh: number, paLow: number, size: number): number;
  /** Words of a page of micro-ops change in which regions of the hot tier begin. */
  dropRegions?(page: number, first: number, last: number): void;
  /** An address got a page of micro-ops; only while a debugger has breakpoints. */
  pageFetched?(vaHigh: number, vaLow: number, page: number): void;
  /** The clock that all threads of the host share; only in parallel mode. */
  hostNs?(): number;
}

/** The linear memory of one machine: 4 GiB of addresses, of which only what is touched costs anything. */
export function createMemory(): WasmMemory {
  return new wasm.Memory({ initial: 65_536, maximum: 65_536, shared: true });
}

const noImports = { abort: () => undefined, dropRegions: () => undefined, pageFetched: () => undefined, hostNs: () => 0 };

/** Instantiates the runtime over a memory. `module` holds the bytes of emulator/runtime/dist/runtime.wasm. */
export function createRuntime(
  memory: WasmMemory,
  module: Uint8Array,
  imports: RuntimeImports,
): Runtime & Record<string, unknown> {
  return instantiateRuntime(memory, new wasm.Module(module), imports);
}

/** The same from a compiled module, which threads share. */
export function instantiateRuntime(
  memory: WasmMemory,
  module: WasmModule,
  imports: RuntimeImports,
): Runtime & Record<string, unknown> {
  const env = { memory, ...noImports, ...imports };
  const instance = new wasm.Instance(module, { env });
  return instance.exports as unknown as Runtime & Record<string, unknown>;
}

/** Address of a core's state. */
export function corePointer(index: number): number {
  return memoryMap.CORE_BASE + index * memoryMap.CORE_STRIDE;
}
