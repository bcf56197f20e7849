/**
 * The small part of the WebAssembly JavaScript API that the emulator uses. TypeScript declares it only in its DOM
 * library, which the emulator must not see.
 */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
}
export interface WasmTable {
  readonly length: number;
  get(index: number): unknown;
  set(index: number, value: unknown): void;
  grow(delta: number): number;
}
export type WasmExports = Record<string, unknown>;
export interface WasmInstance {
  readonly exports: WasmExports;
}
export type WasmModule = object;
export type WasmImports = Record<string, Record<string, unknown>>;

interface WasmApi {
  Module: new (bytes: Uint8Array) => WasmModule;
  Instance: new (module: WasmModule, imports: WasmImports) => WasmInstance;
  Memory: new (descriptor: { initial: number; maximum: number; shared: true }) => WasmMemory;
  Table: new (descriptor: { element: 'anyfunc'; initial: number }) => WasmTable;
  validate(bytes: Uint8Array): boolean;
}

/** The host's WebAssembly object, typed as far as it is used. */
export const wasm: WasmApi = (globalThis as unknown as { WebAssembly: WasmApi }).WebAssembly;
