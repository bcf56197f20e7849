/** A debugger's watchpoints, in the list that the runtime looks at (runtime/external-debug.ts). */
import type { Watchpoint } from '../../debug/target.ts';
import { memoryMap } from '../../state/memory-map.ts';
import type { Debugged } from './debugged.ts';

const kinds = { read: 1, write: 2, access: 3 } as const;
const { DEBUG_WATCH_LIST: LIST, DEBUG_WATCH_BYTES: BYTES, DEBUG_MOST_WATCHPOINTS: MOST } = memoryMap;
const PAGE = 4096n;

export class Watchpoints {
  private readonly machine: Debugged;
  private readonly view: DataView;
  private list: Watchpoint[] = [];

  constructor(machine: Debugged) {
    this.machine = machine;
    this.view = new DataView(machine.buffer);
  }

  /** False where there is no room for more. */
  set(watchpoint: Watchpoint): boolean {
    if (this.list.some((other) => isSame(other, watchpoint))) return true;
    if (this.list.length >= MOST) return false;
    this.change([...this.list, watchpoint], watchpoint);
    return true;
  }

  clear(watchpoint: Watchpoint): void {
    if (!this.list.some((other) => isSame(other, watchpoint))) return;
    this.change(
      this.list.filter((other) => !isSame(other, watchpoint)),
      watchpoint,
    );
  }

  clearAll(): void {
    for (const watchpoint of this.list) this.clear(watchpoint);
  }

  /** The watchpoint that the core was stopped by, and the address; at once forgotten. */
  takeHit(): { watchpoint: Watchpoint; address: bigint } | undefined {
    const number = this.view.getUint32(memoryMap.DEBUG_HIT, true);
    if (number === 0) return undefined;
    this.view.setUint32(memoryMap.DEBUG_HIT, 0, true);
    const watchpoint = this.list[number - 1];
    return watchpoint && { watchpoint, address: this.view.getBigUint64(memoryMap.DEBUG_HIT_ADDRESS, true) };
  }

  /** While `act` runs an instruction, it is not stopped. */
  passing<T>(act: () => T): T {
    this.view.setUint32(memoryMap.DEBUG_PASS, 1, true);
    const result = act();
    this.view.setUint32(memoryMap.DEBUG_PASS, 0, true);
    return result;
  }

  private change(list: Watchpoint[], changed: Watchpoint): void {
    this.list = list;
    list.forEach(({ address, length, access }, n) => {
      const at = LIST + n * BYTES;
      this.view.setBigUint64(at, untagged(address), true);
      this.view.setBigUint64(at + 8, untagged(address + BigInt(length - 1)), true);
      this.view.setUint32(at + 16, kinds[access], true);
    });
    this.view.setUint32(memoryMap.DEBUG_WATCHPOINTS, list.length, true);
    const last = changed.address + BigInt(changed.length - 1);
    for (let page = changed.address - (changed.address % PAGE); page <= last; page += PAGE) {
      this.machine.runtime.watchesChanged(BigInt.asIntN(64, untagged(page)));
    }
  }
}

/** The top byte is no part of an address here. */
const untagged = (address: bigint): bigint => BigInt.asUintN(64, BigInt.asIntN(56, address));

const isSame = (a: Watchpoint, b: Watchpoint): boolean =>
  a.address === b.address && a.length === b.length && a.access === b.access;
