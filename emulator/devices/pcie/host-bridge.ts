import type { Device, DeviceState, Line, MessageInterrupts } from '../device.ts';
import { allOnes, type Bar, type Identity, type PlacedBar } from './config-space.ts';
import { Endpoint } from './endpoint.ts';
import type { PcieFunction, Upstream } from './function.ts';

export interface HostBridgeOptions {
  /** The bus addresses at which the windows begin. */
  readonly windows: { readonly io: number; readonly low: number; readonly high: number };
  /** Four lines, which the INTx of all functions are spread over. */
  readonly interrupts: readonly Line[];
  readonly messages: MessageInterrupts;
}

/** QEMU's `pcie-root`: what drivers see of the host bridge itself. */
const identity: Identity = {
  ...{ vendor: 0x1b36, device: 0x0008, revision: 0, classCode: 0x06_0000 },
  ...{ subsystemVendor: 0x1af4, subsystem: 0x1100, interruptPin: 0 },
};

/** Devices of the one bus; the first is the bridge. */
export const PCIE_SLOTS = 32;
const PINS = 4;

/**
 * A host bridge with one bus, reached by ECAM (PCI Express Base Specification 4.0 §7.2.2). Where nothing answers, reads give ones and
 * writes are lost, without an abort, as on QEMU. Devices have one function; there are no bridges, so no other bus.
 */
export class HostBridge {
  /** Configuration spaces; it has the state of all functions. */
  readonly ecam: Device;
  readonly io: Device;
  readonly low: Device;
  readonly high: Device;
  private readonly options: HostBridgeOptions;
  private readonly functions = new Map<number, PcieFunction>();
  /** By slot: whether its INTA is up. */
  private readonly raised: boolean[] = Array.from({ length: PCIE_SLOTS }, () => false);
  /** What is decoded in each space; undefined: to be looked up. */
  private regions: { io: PlacedBar[]; memory: PlacedBar[] } | undefined;

  constructor(options: HostBridgeOptions) {
    this.options = options;
    this.plug(0, (upstream) => new Endpoint({ identity, bars: [], capabilities: [], upstream }));
    this.ecam = {
      kind: 'pcie',
      read: (offset, size) => this.functionAt(offset)?.readConfig(offset % 0x1000, size) ?? allOnes(size),
      write: (offset, size, value) => {
        this.functionAt(offset)?.writeConfig(offset % 0x1000, size, value);
        this.regions = undefined;
      },
      reset: () => {
        this.regions = undefined;
        for (const each of this.functions.values()) each.reset();
      },
      save: () => Object.fromEntries([...this.functions].map(([slot, each]) => [`slot${slot}`, each.save()])),
      restore: (state) => {
        this.regions = undefined;
        for (const [slot, each] of this.functions) each.restore(state[`slot${slot}`] as DeviceState);
      },
    };
    this.io = this.window('io', options.windows.io);
    this.low = this.window('memory', options.windows.low);
    this.high = this.window('memory', options.windows.high);
  }

  /** Puts a device into a slot that is free. */
  plug(slot: number, make: (upstream: Upstream) => PcieFunction): void {
    this.functions.set(
      slot,
      make({
        setInterrupt: (level) => this.setInterrupt(slot, level),
        sendMessage: (address, data) => this.options.messages.send(slot << 3, address, data),
      }),
    );
  }

  /** INTA of a slot is one of four lines: neighbours have different ones. */
  private setInterrupt(slot: number, level: boolean): void {
    if (this.raised[slot] === level) return;
    this.raised[slot] = level;
    const line = slot % PINS;
    this.options.interrupts[line]?.set(this.raised.some((up, other) => up && other % PINS === line));
  }

  /** The address has bus, device and function in the bits above the offset. */
  private functionAt(offset: number): PcieFunction | undefined {
    const number = Math.floor(offset / 0x1000);
    return number % 8 === 0 ? this.functions.get(number / 8) : undefined;
  }

  private window(space: 'io' | 'memory', base: number): Device {
    const find = (offset: number): { bar: Bar; at: number } | undefined => {
      const address = base + offset;
      const regions = (this.regions ??= this.decode())[space];
      const region = regions.find(({ address: first, bar }) => address >= first && address < first + bar.size);
      return region && { bar: region.bar, at: address - region.address };
    };
    return {
      kind: 'pcie',
      read(offset, size) {
        const found = find(offset);
        return found ? found.bar.read(found.at, size) : allOnes(size);
      },
      write(offset, size, value) {
        const found = find(offset);
        found?.bar.write(found.at, size, value);
      },
      // Its state is that of the functions.
      reset: () => {},
      save: () => ({}),
      restore: () => {},
    };
  }

  private decode(): { io: PlacedBar[]; memory: PlacedBar[] } {
    const all = [...this.functions.values()].flatMap(({ decoded }) => decoded);
    return { io: all.filter(({ bar }) => bar.kind === 'io'), memory: all.filter(({ bar }) => bar.kind !== 'io') };
  }
}
