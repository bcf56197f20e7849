/** Counters that generated code keeps, for profiles. An engine without them generates the code that it always does. */
import { wasm, type WasmMemory } from '../base/wasm.ts';
import { functions } from '../ir/functions.ts';
import { Bytes, ModuleWriter } from '../ir/wasm-writer.ts';
import { memoryMap } from '../state/memory-map.ts';

const BYTES = 8;
/** Where all go for which there is no room. */
const OVERFLOW = 'more';

/** Counters by name, in the linear memory. */
export class Counters {
  private readonly view: DataView;
  private readonly addresses = new Map<string, number>([[OVERFLOW, memoryMap.COUNTERS]]);

  constructor(memory: WasmMemory) {
    this.view = new DataView(memory.buffer);
  }

  /** Where the counter of that name lies. */
  address(name: string): number {
    const known = this.addresses.get(name);
    if (known !== undefined) return known;
    const address = memoryMap.COUNTERS + this.addresses.size * BYTES;
    if (address >= memoryMap.COUNTERS_END) return memoryMap.COUNTERS;
    this.addresses.set(name, address);
    return address;
  }

  /** Writes code that counts: it takes nothing and leaves nothing. */
  write(out: Bytes, name: string): void {
    const address = this.address(name);
    out.byte(0x41).s32(address).byte(0x41).s32(address).byte(0x29).u32(3).u32(0);
    out.byte(0x42).s64(1n).byte(0x7c).byte(0x37).u32(3).u32(0);
  }

  /** The values of those counters whose names begin with `prefix`, by the rest of the name. */
  values(prefix: string): Map<string, number> {
    const found = new Map<string, number>();
    for (const [name, address] of this.addresses) {
      if (name.startsWith(prefix)) found.set(name.slice(prefix.length), Number(this.view.getBigUint64(address, true)));
    }
    return found;
  }
}

/** The imports with those functions that generated code calls replaced by ones that count, as `call NAME`, and go on to them. */
export function countCalls(imports: Record<string, unknown>, memory: WasmMemory, counters: Counters): Record<string, unknown> {
  const wanted = [...functions].filter(([name]) => typeof imports[name] === 'function');
  const module = new ModuleWriter('counters');
  const originals = wanted.map(([name, signature]) => module.import({ module: 'env', name, ...signature }));
  wanted.forEach(([name, signature], n) => {
    const body = new Bytes();
    counters.write(body, `call ${name}`);
    signature.params.forEach((_, index) => body.byte(0x20).u32(index));
    body.byte(0x10).u32(originals[n] as number);
    module.add(name, signature, [], body);
  });
  const env = { ...imports, memory };
  return { ...imports, ...new wasm.Instance(new wasm.Module(module.finish()), { env }).exports };
}
