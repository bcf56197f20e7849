/** `--profile-emulator`: how often the emulator did what, and where the host's time went. Observes only: the guest's run is the same. */
import type { Host } from '../base/host.ts';
import type { WasmMemory } from '../base/wasm.ts';
import { exceptionClasses } from '../debug/syndrome/classes.ts';
import { Counters } from '../exec/counters.ts';
import { systemRegisterName } from '../isa/derive/system-names.ts';
import { runtimeEvents } from '../state/events.ts';
import type { Bus } from './bus.ts';
import type { Core } from './core.ts';
import { divideHostTime, type HostTimeProfile } from './host-time.ts';

/** Counts by name; in `handlers`, `registers`, `devices`, `calls` and `exceptions` the largest first. */
export interface EmulatorProfile {
  /** Of all instructions those in regions of the hot tier, in handlers that the cold loop calls, and in its own cases. */
  readonly instructions: { readonly total: number; readonly regions: number; readonly handlers: number; readonly loop: number };
  readonly translation: {
    readonly ms: number;
    readonly modules: number;
    readonly moduleBytes: number;
    readonly regions: number;
    /** Variants of rows that were decoded. */
    readonly variants: number;
  };
  /** Of the outer loop: slices, what ended runs of generated code, idle time that was skipped. */
  readonly machine: Readonly<Record<string, number>>;
  /** What the cold loop did other than executing. */
  readonly loop: Readonly<Record<string, number>>;
  /** See emulator/state/events.ts. */
  readonly events: Readonly<Record<string, number>>;
  /** Synchronous exceptions by class. */
  readonly exceptions: Readonly<Record<string, number>>;
  /** Calls from generated code, by function. */
  readonly calls: Readonly<Record<string, number>>;
  /** Instructions in handlers by row and variant; of system registers by their name. Those in regions are not counted. */
  readonly handlers: Readonly<Record<string, number>>;
  readonly registers: Readonly<Record<string, number>>;
  /** Accesses by device and offset. */
  readonly devices: Readonly<Record<string, number>>;
  readonly host?: HostTimeProfile;
}

/** What the machine knows at the end. */
export interface ProfiledRun {
  readonly cores: readonly Core[];
  readonly instructions: number;
  readonly hotInstructions: number;
  readonly costs: { compileMs: number; modules: number; moduleBytes: number; regions: number };
  readonly machine: Readonly<Record<string, number>>;
  readonly variants: number;
}

export class EmulatorProfiler {
  readonly counters: Counters;
  private readonly sampler: ReturnType<NonNullable<Host['sampleTime']>> | undefined;
  private readonly devices = new Map<string, number>();

  constructor(host: Host, memory: WasmMemory) {
    this.counters = new Counters(memory);
    this.sampler = host.sampleTime?.();
  }

  deviceAccess(bus: Bus, pa: number, isWrite: boolean): void {
    const window = bus.find(pa);
    const place = window ? `${window.name}+0x${(pa - window.base).toString(16)}` : `nothing at 0x${pa.toString(16)}`;
    const name = `${isWrite ? 'write' : 'read'} ${place}`;
    this.devices.set(name, (this.devices.get(name) ?? 0) + 1);
  }

  /** To be called once. */
  report({ cores, instructions, hotInstructions, costs, machine, variants }: ProfiledRun): EmulatorProfile {
    // First, so that what follows is not in it.
    const times = this.sampler?.end();
    const handlers = this.counters.values('handler ');
    const inHandlers = [...handlers.values()].reduce((sum, count) => sum + count, 0);
    const sum = (field: string, index: number): number =>
      cores.reduce((total, core) => total + Number(core.get64(field, index)), 0);
    const exceptions = Array.from({ length: 64 }, (_, ec): [string, number] => [
      exceptionClasses[ec]?.brief ?? `class 0x${ec.toString(16)}`,
      sum('EXCEPTIONS', ec),
    ]);
    return {
      instructions: {
        ...{ total: instructions, regions: hotInstructions, handlers: inHandlers },
        loop: instructions - hotInstructions - inHandlers,
      },
      translation: {
        ...{ ms: costs.compileMs, modules: costs.modules, moduleBytes: costs.moduleBytes, regions: costs.regions },
        variants,
      },
      machine,
      loop: Object.fromEntries(this.counters.values('loop ')),
      events: Object.fromEntries(runtimeEvents.map((name, index) => [name, sum('EVENTS', index)])),
      exceptions: ranked(exceptions),
      calls: ranked(this.counters.values('call ')),
      handlers: ranked(handlers),
      registers: ranked([...handlers].map(([name, count]): [string, number] => [registerOf(name), count])),
      devices: ranked(this.devices),
      ...(times ? { host: divideHostTime(times) } : {}),
    };
  }
}

/** `read cntvct_el0` for the handler of such an MRS; empty for one that is neither MRS nor MSR. */
function registerOf(handler: string): string {
  const match = /^(MRS|MSR) o0=(\d+),op1=(\d+),CRn=(\d+),CRm=(\d+),op2=(\d+)$/.exec(handler);
  if (!match) return '';
  const [o0, op1, CRn, CRm, op2] = match.slice(2).map(Number) as [number, number, number, number, number];
  const isRead = match[1] === 'MRS';
  return `${isRead ? 'read' : 'write'} ${systemRegisterName(2 + o0, { op1, CRn, CRm, op2 }, isRead)}`;
}

/** Those that have a name and happened, the most frequent first. */
function ranked(counts: Iterable<[string, number]>): Record<string, number> {
  return Object.fromEntries([...counts].filter(([name, count]) => name !== '' && count > 0).sort((a, b) => b[1] - a[1]));
}
