import { assertNever } from '../base/assert.ts';
import type { AddressRange, Board, BoardDevice } from '../boards/board.ts';
import type { Clock, Device, DeviceState, Dma, Line } from '../devices/device.ts';
import type { CoreInput } from '../devices/gic/options.ts';
import { createGicV2 } from '../devices/gicv2/gicv2.ts';
import { createGicV2m } from '../devices/gicv2m/gicv2m.ts';
import { createGicV3, type GicV3 } from '../devices/gicv3/gicv3.ts';
import { createCfiFlash } from '../devices/cfi-flash/cfi-flash.ts';
import { createFwCfg } from '../devices/fw-cfg/fw-cfg.ts';
import { createPl011, type Pl011 } from '../devices/pl011/pl011.ts';
import { createPl031 } from '../devices/pl031/pl031.ts';
import { createPl061, type Pl061 } from '../devices/pl061/pl061.ts';
import { createVirtioBlock } from '../devices/virtio/block.ts';
import type { VirtioDevice } from '../devices/virtio/device.ts';
import { createVirtioInput, type VirtioInput } from '../devices/virtio/input/input.ts';
import { createVirtioMmio } from '../devices/virtio/mmio.ts';
import { createVirtioNet, type VirtioNet } from '../devices/virtio/net.ts';
import { createVirtioRng } from '../devices/virtio/rng.ts';
import { writeMac } from '../network/addresses.ts';
import type { Screen } from '../screen/screen.ts';
import type { BootPlan } from './boot/plan.ts';
import type { Bus } from './bus.ts';
import { buildDisplays } from './displays.ts';
import type { RomBank } from './physical-memory.ts';
import type { MachineConfig } from './types.ts';

/** What devices need of the machine around them. */
export interface Surroundings {
  readonly clock: Clock;
  readonly dma: Dma;
  /** Reads RAM without a trace. */
  readonly peek: Dma['read'];
  currentCore(): number;
  interruptInput(core: number, input: CoreInput): Line;
  /** The contents of a bank of flash, which cores see as memory while it is in array mode. */
  flashBank(range: AddressRange): RomBank;
  readonly forFirmware: BootPlan['forFirmware'];
  onConsole(byte: number): void;
  onDriveWrite(name: string, sector: number, count: number): void;
  onTransmit(nic: number, frame: Uint8Array): void;
}

/** The devices of a board, wired and mapped. */
export interface Devices {
  readonly console: Pl011;
  readonly gpio: Pl061 | undefined;
  readonly gic3: GicV3 | undefined;
  /** Network cards, in order. */
  readonly nics: readonly VirtioNet[];
  readonly screens: readonly Screen[];
  /** Keyboards and pointers, in order. */
  readonly hids: readonly VirtioInput[];
  ppi(core: number, n: number): Line;
  reset(): void;
  /** Every device's state by name, for the hash and snapshots. */
  save(): [name: string, state: DeviceState][];
  restore(states: readonly [name: string, state: DeviceState][]): void;
}

/** Builds the board's devices, wires their interrupts and puts them on the bus. */
export function buildDevices(board: Board, config: MachineConfig, bus: Bus, around: Surroundings): Devices {
  const named: [name: string, device: Device][] = [];
  const place = (name: string, range: { base: number; size: number }, device: Device): void => {
    bus.map(range.base, range.size, device, name);
    named.push([name, device]);
  };

  const options = {
    cores: config.cpus,
    spis: 256,
    currentCore: () => around.currentCore(),
    output: (core: number, input: CoreInput) => around.interruptInput(core, input),
    virtualization: config.el >= 2 ? { maintenancePpi: board.ppis.gicMaintenance } : undefined,
  };
  let gic: { spi(n: number): Line; ppi(core: number, n: number): Line };
  let gic3: GicV3 | undefined;
  if (config.gic === 3) {
    gic = gic3 = createGicV3({ ...options, affinity: (core) => core });
    place('gicd', board.gic.distributor, gic3.distributor);
    const frames = { base: board.gic.redistributors.base, size: config.cpus * 0x2_0000 };
    place('gicr', frames, gic3.redistributors);
  } else {
    const gic2 = createGicV2(options);
    gic = gic2;
    place('gicd', { base: board.gic.distributor.base, size: 0x1000 }, gic2.distributor);
    place('gicc', { base: board.gic.cpu.base, size: 0x2000 }, gic2.cpuInterface);
    if (gic2.virtualization) {
      place('gich', { base: board.gic.hypervisor.base, size: 0x1000 }, gic2.virtualization.control);
      place('gicv', { base: board.gic.virtualCpu.base, size: 0x2000 }, gic2.virtualization.cpuInterface);
    }
    place('gicv2m', board.gic.v2m, createGicV2m({ ...board.gic.messages, spi: (n) => gic2.spi(n) }));
  }

  // As on QEMU, the last slot is taken first.
  const virtio: VirtioDevice[] = config.drives.map((drive) =>
    createVirtioBlock({
      image: drive.image,
      readOnly: drive.readOnly,
      serial: drive.name,
      onWrite: (sector, count) => around.onDriveWrite(drive.name, sector, count),
    }),
  );
  if (config.rng) virtio.push(createVirtioRng({ seed: config.seed }));
  const nics = (config.nics ?? []).map(({ mac }, index) => {
    const address = new Uint8Array(6);
    writeMac(address, 0, mac);
    return createVirtioNet({ mac: address, onTransmit: (frame) => around.onTransmit(index, frame) });
  });
  virtio.push(...nics);
  const displays = buildDisplays(config.displays ?? [], around);
  virtio.push(...displays.virtio);
  const hids = (config.inputs ?? []).map((input) => createVirtioInput(input));
  virtio.push(...hids);
  const slots = board.devices.filter(({ kind }) => kind === 'virtio-mmio').toReversed();

  let console: Pl011 | undefined;
  let gpio: Pl061 | undefined;
  const build = (entry: BoardDevice): Device => {
    const irq: Line = entry.spi === undefined ? { set() {} } : gic.spi(entry.spi);
    switch (entry.kind) {
      case 'pl011':
        return (console = createPl011({ irq, onTransmit: (byte) => around.onConsole(byte) }));
      case 'pl031':
        return createPl031({ irq, clock: around.clock, baseSeconds: config.rtcSeconds });
      case 'pl061':
        return (gpio = createPl061({ irq }));
      case 'virtio-mmio':
        return createVirtioMmio({
          ...{ irq, clock: around.clock, dma: around.dma, device: virtio[slots.indexOf(entry)] },
          legacy: config.legacyVirtio ?? false,
        });
      case 'fw-cfg':
        return createFwCfg({ dma: around.dma, cpus: config.cpus, ...around.forFirmware, files: displays.files });
      case 'cfi-flash': {
        const rom = around.flashBank(entry);
        return createCfiFlash({
          bytes: rom.bytes,
          onArrayMode: (isArray) => rom.setMapped(isArray),
          onChange: (at, length) => rom.changed(at, length),
        });
      }
      default:
        return assertNever(entry.kind);
    }
  };
  for (const entry of board.devices) place(entry.name, entry, build(entry));
  if (!console) throw new Error(`${board.name} has no console`);
  return {
    console,
    gpio,
    gic3,
    nics,
    screens: displays.screens,
    hids,
    ppi: (core, n) => gic.ppi(core, n),
    reset: () => named.forEach(([, device]) => device.reset()),
    save: () => named.map(([name, device]) => [name, device.save()]),
    restore: (states) => {
      const byName = new Map(states);
      for (const [name, device] of named) {
        const state = byName.get(name);
        if (state) device.restore(state);
      }
    },
  };
}
