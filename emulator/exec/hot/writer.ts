import { CPU_LOCAL } from '../../ir/emit.ts';
import { Bytes } from '../../ir/wasm-writer.ts';
import { offsetOf } from '../../state/layout.ts';

/** Code that is written by hand: the commonest instructions by name. */
export class Writer extends Bytes {
  get(local: number): this {
    return this.byte(0x20).u32(local);
  }

  set(local: number): this {
    return this.byte(0x21).u32(local);
  }

  i32(value: number): this {
    return this.byte(0x41).s32(value);
  }

  i64(value: bigint): this {
    return this.byte(0x42).s64(value);
  }

  load(field: string, type: 'i32' | 'i64', index = 0): this {
    return this.get(CPU_LOCAL)
      .byte(type === 'i32' ? 0x28 : 0x29)
      .bytes([0])
      .u32(offsetOf(field, index));
  }

  /** Loads V[n], or stores what `push` pushes there. */
  vector(how: 'load' | 'store', n: number, push: () => void = () => {}): this {
    this.get(CPU_LOCAL);
    push();
    return this.bytes([0xfd, how === 'load' ? 0 : 11, 0]).u32(offsetOf('V', n));
  }

  store(field: string, type: 'i32' | 'i64', push: () => void, index = 0): this {
    this.get(CPU_LOCAL);
    push();
    return this.byte(type === 'i32' ? 0x36 : 0x37)
      .bytes([0])
      .u32(offsetOf(field, index));
  }
}
