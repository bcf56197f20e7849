import type { LinkConfig, Mac, NicConfig } from '../../../emulator/machine/network-settings.ts';
import type { WireAddress } from '../../services/network/index.ts';
import type { DebugAddress } from '../../services/debugger/address.ts';
import type { PciPlace } from '../../../emulator/machine/types.ts';
import type { Backend } from '../../services/serial/backend.ts';
import { defaultPlan, type FileRef, type MachinePlan } from '../../services/machines/plan.ts';

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

/** A virtconsole or virtserialport, until it is known what its character device is. */
export interface QemuPort {
  isConsole: boolean;
  name?: string;
  number?: number;
  chardev?: string;
}

/** What has been read of a QEMU command line so far. */
export interface QemuCommandLine {
  plan: MachinePlan;
  machineGiven: boolean;
  serial?: string;
  /** By id. */
  chardevs: Map<string, Backend>;
  /** virtio's serial devices, and their ports. */
  serialDevices: { id: string | undefined; maxPorts: number; ports: QemuPort[]; pci: PciPlace | undefined }[];
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
  /** Sound by id: the WAV file, or nothing that takes it; the card, and what it plays into. */
  audiodevs: Map<string, string | undefined>;
  soundCard?: { audiodev: string | undefined; option: string; pci: PciPlace | undefined };
  soundFile?: string;
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
    serialDevices: [],
    drives: new Map(),
    flash: new Map(),
    blockDevices: [],
    pciDevices: [],
    networks: new Map(),
    wires: new Map(),
    nics: [],
    audiodevs: new Map(),
    snapshot: false,
    paused: false,
  };
}
