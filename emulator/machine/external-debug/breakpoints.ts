/**
 * A debugger's breakpoints, by virtual address in whatever address space. The engine has them by host address, in the records of the code
 * that was fetched at such an address; whoever comes there by another address goes on.
 */
import { CodePages } from '../../exec/hot/code-pages.ts';
import { memoryMap } from '../../state/memory-map.ts';
import type { Debugged } from './debugged.ts';

/** Breakpoints at most, those of ours included. */
const MOST = 10_000;

export class Breakpoints {
  private readonly machine: Debugged;
  private readonly view: DataView;
  /** Host addresses, by address. */
  private readonly hosts = new Map<bigint, Set<number>>();
  /** Addresses, by page. */
  private readonly onPage = new Map<bigint, Set<bigint>>();

  constructor(machine: Debugged) {
    this.machine = machine;
    this.view = new DataView(machine.buffer);
  }

  has(address: bigint): boolean {
    return this.hosts.has(address);
  }

  set(address: bigint): boolean {
    if (this.hosts.has(address)) return true;
    if (this.hosts.size >= MOST) return false;
    const { machine, view, onPage } = this;
    const hosts = new Set(CodePages.hostsOf(view, machine.cores.length, address));
    this.hosts.set(address, hosts);
    const page = address >> 12n;
    onPage.set(page, (onPage.get(page) ?? new Set()).add(address));
    for (const host of hosts) machine.engine.setBreakpoint(host);
    this.count();
    return true;
  }

  clear(address: bigint): void {
    const hosts = this.hosts.get(address);
    if (!hosts) return;
    this.hosts.delete(address);
    const page = address >> 12n;
    const onPage = this.onPage.get(page)!;
    onPage.delete(address);
    if (onPage.size === 0) this.onPage.delete(page);
    // The same code may be at another address that has one.
    for (const host of hosts) {
      if (![...this.hosts.values()].some((others) => others.has(host))) this.machine.engine.clearBreakpoint(host);
    }
    this.count();
  }

  clearAll(): void {
    for (const address of this.hosts.keys()) this.clear(address);
  }

  /** A page of micro-ops begins to be fetched from at an address. */
  fetched(va: bigint, page: number): void {
    for (const address of this.onPage.get(va >> 12n) ?? []) {
      const host = this.view.getUint32(page, true) + Number(address & 0xfffn);
      this.hosts.get(address)!.add(host);
      this.machine.engine.setBreakpoint(host);
    }
  }

  private count(): void {
    this.view.setUint32(memoryMap.DEBUG_BREAKPOINTS, this.hosts.size, true);
  }
}
