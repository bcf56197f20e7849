/** Writes WebAssembly binaries (core spec 2.0 §5): bytes, LEB128, sections. Our translator writes modules itself; see ENGINE notes. */
export class Bytes {
  buffer: Uint8Array;
  length = 0;

  /** `expected`: bytes that it will hold, where that is known. */
  constructor(expected = 256) {
    this.buffer = new Uint8Array(expected);
  }

  byte(value: number): this {
    if (this.length === this.buffer.length) this.grow(this.length + 1);
    this.buffer[this.length++] = value;
    return this;
  }

  bytes(values: ArrayLike<number>): this {
    if (this.length + values.length > this.buffer.length) this.grow(this.length + values.length);
    this.buffer.set(values, this.length);
    this.length += values.length;
    return this;
  }

  /** Unsigned LEB128 of a value below 2^32. */
  u32(value: number): this {
    value >>>= 0;
    while (value >= 0x80) {
      this.byte((value & 0x7f) | 0x80);
      value >>>= 7;
    }
    return this.byte(value);
  }

  /** Signed LEB128 of a 32-bit value. */
  s32(value: number): this {
    value |= 0;
    for (;;) {
      const low = value & 0x7f;
      value >>= 7;
      if ((value === 0 && !(low & 0x40)) || (value === -1 && low & 0x40)) return this.byte(low);
      this.byte(low | 0x80);
    }
  }

  /** Signed LEB128 of a 64-bit value. */
  s64(value: bigint): this {
    value = BigInt.asIntN(64, value);
    if (value >= -0x8000_0000n && value <= 0x7fff_ffffn) return this.s32(Number(value));
    for (;;) {
      const low = Number(value & 0x7fn);
      value >>= 7n;
      if ((value === 0n && !(low & 0x40)) || (value === -1n && low & 0x40)) return this.byte(low);
      this.byte(low | 0x80);
    }
  }

  name(text: string): this {
    this.u32(text.length);
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i));
    return this;
  }

  /** Appends another writer's bytes, with their length in front. */
  sized(inner: Bytes): this {
    return this.u32(inner.length).bytes(inner.view());
  }

  view(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  private grow(least: number): void {
    const larger = new Uint8Array(Math.max(least, this.buffer.length * 2));
    larger.set(this.view());
    this.buffer = larger;
  }
}

export const valueTypes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof valueTypes;
export interface Signature {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

export interface ImportedFunction extends Signature {
  readonly module: string;
  readonly name: string;
}

export interface ImportedGlobal {
  readonly module: string;
  readonly name: string;
  readonly type: ValueType;
}

/** Collects functions, imports and one imported shared memory (and, if wanted, a function table), and writes the module. */
export class ModuleWriter {
  private readonly types: string[] = [];
  private readonly typeBytes = new Bytes();
  private readonly imports: ImportedFunction[] = [];
  private readonly globals: ImportedGlobal[] = [];
  private readonly functions: {
    type: number;
    locals: readonly ValueType[];
    body: Bytes;
    exportName: string;
    unlikely: readonly number[];
  }[] = [];
  importsTable = false;
  private readonly name: string;

  /** `name`: what a profiler of the host calls the module. */
  constructor(name: string) {
    this.name = name;
  }

  /** Index of the function type. */
  type(signature: Signature): number {
    const key = `${signature.params.join()}>${signature.results.join()}`;
    const found = this.types.indexOf(key);
    if (found >= 0) return found;
    this.typeBytes.byte(0x60).u32(signature.params.length);
    for (const param of signature.params) this.typeBytes.byte(valueTypes[param]);
    this.typeBytes.u32(signature.results.length);
    for (const result of signature.results) this.typeBytes.byte(valueTypes[result]);
    return this.types.push(key) - 1;
  }

  /** Index of the imported function; all imports come before the first `add`. */
  import(wanted: ImportedFunction): number {
    const found = this.imports.findIndex((entry) => entry.name === wanted.name && entry.module === wanted.module);
    return found >= 0 ? found : this.imports.push(wanted) - 1;
  }

  /** Index of an imported constant. */
  importGlobal(wanted: ImportedGlobal): number {
    return this.globals.push(wanted) - 1;
  }

  /**
   * Adds an exported function with its code (without the final `end`), and answers its index. `unlikely`: offsets in the code of `if` and
   * `br_if` whose condition hardly ever holds, in ascending order.
   */
  add(
    exportName: string,
    signature: Signature,
    locals: readonly ValueType[],
    body: Bytes,
    unlikely: readonly number[] = [],
  ): number {
    return this.imports.length + this.functions.push({ type: this.type(signature), locals, body, exportName, unlikely }) - 1;
  }

  finish(): Uint8Array {
    for (const entry of this.imports) this.type(entry);
    const out = new Bytes().bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    const section = (id: number, count: number, content: Bytes) =>
      out.byte(id).sized(new Bytes().u32(count).bytes(content.view()));
    const imports = new Bytes().name('env').name('memory').bytes([2, 3]).u32(65536).u32(65536);
    if (this.importsTable) imports.name('env').name('table').bytes([1, 0x70, 0]).u32(0);
    for (const entry of this.imports) imports.name(entry.module).name(entry.name).byte(0).u32(this.type(entry));
    for (const { module, name, type } of this.globals) imports.name(module).name(name).bytes([3, valueTypes[type], 0]);
    const declared = new Bytes();
    const exported = new Bytes();
    const code = new Bytes();
    const hints = new Bytes();
    let hinted = 0;
    this.functions.forEach(({ type, locals, body, exportName, unlikely }, index) => {
      declared.u32(type);
      exported
        .name(exportName)
        .byte(0)
        .u32(this.imports.length + index);
      const one = new Bytes().u32(locals.length);
      for (const local of locals) one.u32(1).byte(valueTypes[local]);
      if (unlikely.length > 0) {
        hinted++;
        hints.u32(this.imports.length + index).u32(unlikely.length);
        for (const at of unlikely) hints.u32(one.length + at).bytes([1, 0]);
      }
      code.sized(one.bytes(body.view()).byte(0x0b));
    });
    section(1, this.types.length, this.typeBytes);
    section(2, this.imports.length + this.globals.length + 1 + (this.importsTable ? 1 : 0), imports);
    section(3, this.functions.length, declared);
    section(7, this.functions.length, exported);
    // The proposal "branch hinting": for each function offsets from the start of its body, each with a byte, 0 for unlikely.
    if (hinted > 0) {
      out.byte(0).sized(new Bytes().name('metadata.code.branch_hint').u32(hinted).bytes(hints.view()));
    }
    section(10, this.functions.length, code);
    // Names (core spec, appendix "Name Section"): subsection 0 for the module, 1 for functions.
    const names = new Bytes().name('name').byte(0).sized(new Bytes().name(this.name));
    const named = new Bytes().u32(this.functions.length);
    this.functions.forEach(({ exportName }, index) => named.u32(this.imports.length + index).name(exportName));
    out.byte(0).sized(names.byte(1).sized(named));
    return out.view().slice();
  }
}
