/** Guest memory as debuggers see it. Looking changes nothing: neither devices nor pages that were never touched. */
import type { Debugged } from './debugged.ts';

const PAGE = 4096;
const READ = 0;
/** Flags of the map of physical pages (runtime/memory.ts). */
const UNTOUCHED = 1;
const READ_ONLY = 2;

export class DebugMemory {
  private readonly machine: Debugged;

  constructor(machine: Debugged) {
    this.machine = machine;
  }

  /** By the present regime of the core, with the rights of a kernel; `undefined` where it does not translate. */
  translate(core: number, address: bigint): bigint | undefined {
    const { runtime, cores } = this.machine;
    const physical = runtime.explainAddress(cores[core]!.pointer, BigInt.asIntN(64, address), READ, 0);
    return physical === -1n ? undefined : BigInt.asUintN(64, physical);
  }

  /** Up to the first byte that is not in memory. */
  read(core: number, address: bigint, length: number): Uint8Array {
    const result = new Uint8Array(length);
    let done = 0;
    for (const { at, count } of pieces(address, length)) {
      const physical = this.translate(core, at);
      const bytes = physical === undefined ? undefined : this.machine.memory.read(physical, count);
      if (!bytes) return result.subarray(0, done);
      result.set(bytes, done);
      done += count;
    }
    return result;
  }

  /** Writes to RAM, whatever the guest's own rights are: a debugger may change code that the guest cannot. */
  write(core: number, address: bigint, bytes: Uint8Array): boolean {
    const parts = [...pieces(address, bytes.length)].map(({ at, count }) => ({ physical: this.translate(core, at), count }));
    for (const { physical } of parts) {
      if (physical === undefined) return false;
      const entry = this.entry(physical);
      if (entry === 0 || (entry !== UNTOUCHED && (entry & READ_ONLY) !== 0)) return false;
    }
    let done = 0;
    for (const { physical, count } of parts) {
      this.machine.ram.write(Number(physical), bytes.subarray(done, done + count));
      done += count;
    }
    return true;
  }

  /** Host page and flags behind a physical address; 0 where there is no memory. */
  private entry(physical: bigint): number {
    return this.machine.runtime.peekEntry(BigInt.asIntN(64, physical)) >>> 0;
  }
}

/** A range of addresses by pages; they wrap around at 64 bits. */
function* pieces(address: bigint, length: number): Generator<{ at: bigint; count: number }> {
  for (let done = 0; done < length;) {
    const at = BigInt.asUintN(64, address + BigInt(done));
    const count = Math.min(PAGE - Number(at % BigInt(PAGE)), length - done);
    yield { at, count };
    done += count;
  }
}
