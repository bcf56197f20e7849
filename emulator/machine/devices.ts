import { assertNever, InternalError } from '../base/assert.ts';
import { UserError } from '../base/user-error.ts';
import type { AddressRange, Board, BoardDevice } from '../boards/board.ts';
import type { Clock, Device, DeviceState, Dma, Line, MessageInterrupts } from '../devices/device.ts';
import type { CoreInput } from '../devices/gic/options.ts';
import { createGicV2, type GicV2 } from '../devices/gicv2/gicv2.ts';
import { createGicV2m } from '../devices/gicv2m/gicv2m.ts';
import { createGicV3, type GicV3 } from '../devices/gicv3/gicv3.ts';
import { createCfiFlash } from '../devices/cfi-flash/cfi-flash.ts';
import { createFwCfg } from '../devices/fw-cfg/fw-cfg.ts';
import { createPl011, type Pl011 } from '../devices/pl011/pl011.ts';
import { createPl031 } from '../devices/pl031/pl031.ts';
import { createPl061, type Pl061 } from '../devices/pl061/pl061.ts';
import { createRadio, type Radio, type RadioOptions } from '../devices/radio/radio.ts';
import { createVirtioBlock } from '../devices/virtio/block.ts';
import { createVirtioSound } from '../devices/virtio/sound/sound.ts';
import type { FrameFormat } from '../devices/virtio/sound/protocol.ts';
import type { VirtioDevice } from '../devices/virtio/device.ts';
import { createVirtioInput, type VirtioInput } from '../devices/virtio/input/input.ts';
import { createVirtioMmio } from '../devices/virtio/mmio.ts';
import { createVirtioNet, type VirtioNet } from '../devices/virtio/net.ts';
import { createVirtioRng } from '../devices/virtio/rng.ts';
import { buildPorts, type Ports } from './ports.ts';
import { writeMac } from '../network/addresses.ts';
import type { Screen } from '../screen/screen.ts';
import type { BootPlan } from './boot/plan.ts';
import type { Bus } from './bus.ts';
import { hasIts, messageInterrupts, type Doorbell } from './message-interrupts.ts';
import { buildPcie, type PciDevice } from './pcie.ts';
import { buildDisplays } from './displays.ts';
import type { RomBank } from './physical-memory.ts';
import type { MachineConfig, PciPlace } from './types.ts';

/** A bank of flash: its contents, which cores see as memory while it is in array mode. */
export interface FlashBank {
  readonly rom: RomBank;
  readonly readOnly: boolean;
  /** To be called with every range that the guest changed. */
  written(offset: number, length: number): void;
}

/** What devices need of the machine around them. */
export interface Surroundings {
  readonly clock: Clock;
  readonly dma: Dma;
  /** Reads RAM without a trace. */
  readonly peek: Dma['read'];
  currentCore(): number;
  interruptInput(core: number, input: CoreInput): Line;
  /** What is pending for a core may have changed. */
  pendingChanged(core: number): void;
  flashBank(range: AddressRange): FlashBank;
  readonly forFirmware: BootPlan['forFirmware'];
  onOutput(stream: number, bytes: Uint8Array): void;
  onTaken(stream: number, count: number): void;
  onSound(bytes: Uint8Array, format: FrameFormat): void;
  onDriveWrite(name: string, sector: number, count: number): void;
  onTransmit(nic: number, frame: Uint8Array): void;
  /** For the cell that has one. */
  readonly screenControl?: (irq: Line) => Device;
  readonly diskServer?: (irq: Line) => Device;
  /** Disks that other cells serve, in order. */
  readonly servedDisks?: readonly VirtioDevice[];
  /** A device of the board's own raised its interrupt; told to who watches deadlines. */
  readonly onRaised?: ((device: string) => void) | undefined;
  readonly onRadio?: RadioOptions['watch'];
  /** For a cell: its distributor serves a hypervisor (GicOptions.listed). */
  readonly listed?: (core: number) => void;
}

/** The devices of a board, wired and mapped. */
export interface Devices {
  /** Absent where the board has none, or a cell was not granted one. */
  readonly console: Pl011 | undefined;
  readonly gpio: Pl061 | undefined;
  readonly gic: GicV2 | GicV3;
  readonly gic3: GicV3 | undefined;
  readonly radio: Radio | undefined;
  /** Network cards, in order. */
  readonly nics: readonly VirtioNet[];
  readonly messages: MessageInterrupts;
  readonly screens: readonly Screen[];
  /** Keyboards and pointers, in order. */
  readonly hids: readonly VirtioInput[];
  readonly ports: Ports;
  ppi(core: number, n: number): Line;
  /** Whether a suspended core is to be woken for an interrupt. */
  wantsAwake(core: number): boolean;
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
    pendingChanged: (core: number) => around.pendingChanged(core),
    virtualization: config.el >= 2 ? { maintenancePpi: board.ppis.gicMaintenance } : undefined,
    listed: around.listed,
  };
  let gic: GicV2 | GicV3;
  let gic3: GicV3 | undefined;
  const doorbells: Doorbell[] = [];
  if (config.gic === 3) {
    gic = gic3 = createGicV3({
      ...options,
      affinity: (core) => core,
      lpiMemory: hasIts(config) && board.gic.its ? around.dma : undefined,
    });
    place('gicd', board.gic.distributor, gic3.distributor);
    const frames = { base: board.gic.redistributors.base, size: config.cpus * 0x2_0000 };
    place('gicr', frames, gic3.redistributors);
    const { its } = gic3;
    if (its && board.gic.its) {
      place('its', board.gic.its, its);
      doorbells.push({ ...board.gic.its, ring: (requester, offset, data) => its.message(requester, offset, data) });
    }
  } else {
    const gic2 = createGicV2(options);
    gic = gic2;
    place('gicd', { base: board.gic.distributor.base, size: 0x1000 }, gic2.distributor);
    // A cell reaches a real one, the virtual one of its core.
    if (!around.listed) place('gicc', { base: board.gic.cpu.base, size: 0x2000 }, gic2.cpuInterface);
    if (gic2.virtualization) {
      place('gich', { base: board.gic.hypervisor.base, size: 0x1000 }, gic2.virtualization.control);
      place('gicv', { base: board.gic.virtualCpu.base, size: 0x2000 }, gic2.virtualization.cpuInterface);
    }
    const { v2m, messages } = board.gic;
    if (v2m) {
      const frame = createGicV2m({ ...messages, spi: (n) => gic2.spi(n) });
      place('gicv2m', v2m, frame);
      doorbells.push({ ...v2m, ring: (_requester, offset, data) => frame.write(offset, 4, data) });
    }
  }
  const messages = messageInterrupts(doorbells, around.dma);

  // As on QEMU, the last slot is taken first.
  const virtio: VirtioDevice[] = [];
  const pci: PciDevice[] = [];
  const attach = <T extends VirtioDevice>(device: T, place: PciPlace | undefined): T => {
    if (place) pci.push({ device, place });
    else virtio.push(device);
    return device;
  };
  for (const { name, image, readOnly, overlay, pci: place } of config.drives) {
    const onWrite = (sector: number, count: number): void => around.onDriveWrite(name, sector, count);
    attach(createVirtioBlock({ image, readOnly, serial: name, onWrite, ...(overlay ? { overlay } : {}) }), place);
  }
  for (const disk of around.servedDisks ?? []) attach(disk, undefined);
  if (config.rng) attach(createVirtioRng({ seed: config.seed }), config.rng === true ? undefined : config.rng.pci);
  const nics = (config.nics ?? []).map(({ mac, pci: place }, index) => {
    const address = new Uint8Array(6);
    writeMac(address, 0, mac);
    return attach(createVirtioNet({ mac: address, onTransmit: (frame) => around.onTransmit(index, frame) }), place);
  });
  const displays = buildDisplays(config.displays ?? [], around);
  displays.virtio.forEach(({ device, pci: place }) => attach(device, place));
  const hids = (config.inputs ?? []).map((input) => attach(createVirtioInput(input), input.pci));
  const ports = buildPorts(config.serial ?? [], around);
  ports.devices.forEach((device, n) => attach(device, config.serial?.[n]?.pci));
  if (config.sound) {
    const { input, pci: place } = config.sound;
    const onPlayed = (bytes: Uint8Array, format: FrameFormat): void => around.onSound(bytes, format);
    attach(createVirtioSound({ clock: around.clock, input, onPlayed }), place);
  }
  const slots = board.devices.filter(({ kind }) => kind === 'virtio-mmio').toReversed();
  if (virtio.length > slots.length)
    throw new UserError('virtio-slots', `the board ${board.name} has ${slots.length} slots for virtio devices`);

  let console: Pl011 | undefined;
  let gpio: Pl061 | undefined;
  let radio: Radio | undefined;
  const build = (entry: BoardDevice): Device => {
    const line: Line = entry.spi === undefined ? { set() {} } : gic.spi(entry.spi);
    const { onRaised, onRadio } = around;
    const irq = onRaised ? watchedLine(line, () => onRaised(entry.name)) : line;
    switch (entry.kind) {
      case 'pl011':
        return (console = createPl011({ irq, onTransmit: (byte) => around.onOutput(0, Uint8Array.of(byte)) }));
      case 'pl031':
        return createPl031({ irq, clock: around.clock, baseSeconds: config.rtcSeconds });
      case 'pl061':
        return (gpio = createPl061({ irq }));
      case 'radio':
        return (radio = createRadio({ irq, clock: around.clock, ...(onRadio ? { watch: onRadio } : {}) }));
      case 'disk-server':
        if (!around.diskServer) throw new InternalError('nobody has a disk to be served');
        return around.diskServer(irq);
      case 'screen-control':
        if (!around.screenControl) throw new InternalError('nobody divides the screen');
        return around.screenControl(irq);
      case 'virtio-mmio':
        return createVirtioMmio({
          ...{ irq, clock: around.clock, dma: around.dma, device: virtio[slots.indexOf(entry)] },
          legacy: config.legacyVirtio ?? false,
        });
      case 'fw-cfg':
        return createFwCfg({ dma: around.dma, cpus: config.cpus, ...around.forFirmware, files: displays.files });
      case 'cfi-flash': {
        const { rom, readOnly, written } = around.flashBank(entry);
        return createCfiFlash({
          ...{ bytes: rom.bytes, readOnly },
          onArrayMode: (isArray) => rom.setMapped(isArray),
          onChange: written,
        });
      }
      default:
        return assertNever(entry.kind);
    }
  };
  for (const entry of board.devices) place(entry.name, entry, build(entry));
  if (board.pcie) {
    buildPcie(board.pcie, pci, { clock: around.clock, dma: around.dma, messages, spi: (n) => gic.spi(n), place });
  } else if (pci.length > 0) throw new UserError('board-without-pcie', `the board ${board.name} has no PCI`);
  return {
    console,
    gpio,
    gic,
    gic3,
    radio,
    nics,
    messages,
    screens: displays.screens,
    hids,
    ports,
    ppi: (core, n) => gic.ppi(core, n),
    wantsAwake: (core) => gic.wantsAwake(core),
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

/** A line that tells when it goes up. */
function watchedLine(line: Line, onRaised: () => void): Line {
  let isUp = false;
  return {
    set: (level) => {
      if (level && !isUp) onRaised();
      isUp = level;
      line.set(level);
    },
  };
}
