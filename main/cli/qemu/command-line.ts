import type { LinkConfig, Mac, NicConfig } from '../../../emulator/machine/network-settings.ts';
import type { WireAddress } from '../../services/network/index.ts';
import type { DebugAddress } from '../../services/debugger/address.ts';
import type { PciPlace } from '../../../emulator/machine/types.ts';
import { defaultPlan, type FileRef, type MachinePlan } from '../../services/machines/plan.ts';

/** What a serial port is connected to. */
export type Serial = { kind: 'stdio' } | { kind: 'file'; path: string } | { kind: 'null' };

/** A `-drive`, until it is known what it is connected to. */
export interface QemuDrive {
  file: FileRef;
  interface: 'none' | 'virtio' | 'pflash';
  readOnly: boolean;
  snapshot: boolean;
}

/** A network card, until it is known which network it names. */
export interface QemuNic {
  netdev: string;
  mac: Mac;
  link: LinkConfig;
  /** The option that asks for it. */
  option: string;
  pci?: PciPlace | undefined;
}

/** In which order QEMU makes devices that were given no address, which decides where they are. */
export type PciTurn = 'board' | 'device' | 'drive';

/** A device on PCI, until it is known where. */
export interface QemuPciDevice {
  turn: PciTurn;
  option: string;
  place: PciPlace;
}

/** What has been read of a QEMU command line so far. */
export interface QemuCommandLine {
  plan: MachinePlan;
  machineGiven: boolean;
  serial?: string;
  chardevs: Map<string, Serial>;
  /** By id. */
  drives: Map<string, QemuDrive>;
  /** Ids of the drives that virtio-blk devices name, in order, and where those are. */
  blockDevices: { drive: string; option: string; pci?: PciPlace | undefined }[];
  pciDevices: QemuPciDevice[];
  /** What is in banks of flash, by number. */
  flash: Map<number, QemuDrive>;
  /** Networks by id, and the cards that name them, in order. */
  networks: Map<string, NicConfig['network']>;
  /** Where the wires of networks lead that are sockets, by id. */
  wires: Map<string, WireAddress>;
  nics: QemuNic[];
  snapshot: boolean;
  /** Where a debugger may attach, and whether nothing runs until it lets it. */
  gdb?: DebugAddress;
  paused: boolean;
}

export function newCommandLine(): QemuCommandLine {
  const plan = defaultPlan();
  return {
    // QEMU's own defaults for -M virt, where they differ.
    plan: { ...plan, settings: { ...plan.settings, gic: 2, memory: 128 * 2 ** 20, rng: false, legacyVirtio: true } },
    machineGiven: false,
    chardevs: new Map(),
    drives: new Map(),
    flash: new Map(),
    blockDevices: [],
    pciDevices: [],
    networks: new Map(),
    wires: new Map(),
    nics: [],
    snapshot: false,
    paused: false,
  };
}
