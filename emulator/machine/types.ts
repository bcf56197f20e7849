/** What a machine is built from and what it tells: plain data that crosses worker and RPC boundaries (structured clone). */

import type { WasmModule } from '../base/wasm.ts';
import type { CellRow, DeadlineRow, MonitorAction, NamedPicture } from '../debug/monitor/target.ts';
import type { HidKind, TimedHidAction } from '../base/hid.ts';
import type { Host } from '../base/host.ts';
import type { BoardName } from '../boards/index.ts';
import type { CauseCode } from '../debug/explain/cause.ts';
import type { CellAct } from '../base/cell-acts.ts';
import type { CellImages, CellsConfig } from '../hypervisor/config.ts';
import type { CellResult } from '../hypervisor/accounts.ts';
import type { IdleReport } from '../hypervisor/wake-ups.ts';
import type { ScreenInfo } from '../screen/screen.ts';
import type { Picture } from '../screen/reader.ts';
import type { Overlay } from '../devices/virtio/sectors.ts';
import type { FrameFormat } from '../devices/virtio/sound/protocol.ts';
import type { NicConfig } from '../network/config.ts';
import type { RadioStatistics } from '../devices/radio/radio.ts';
import type { SocketCommand, SocketEvent } from '../network/user/sockets.ts';
import type { Translator } from '../exec/hot/translator.ts';
import type { Tuning } from '../exec/tuning.ts';
import type { EmulatorProfile } from './emulator-profile.ts';
import type { InputEvent } from '../devices/virtio/input/input.ts';
import type { DeadlineStatus, Violation } from './cells/deadlines/deadline-monitor.ts';
import type { HidReport } from './hid/router.ts';

export interface MachineConfig {
  board: BoardName;
  cpus: number;
  /** Bytes of RAM. */
  memory: number;
  gic: 2 | 3;
  /** Whether a GICv3 has LPIs and an ITS; it has when absent. */
  its?: boolean;
  /** The highest exception level that the guest sees. */
  el: 1 | 2 | 3;
  cpu: 'cortex-a53' | 'cortex-a57' | 'cortex-a72' | 'max';
  exec: 'auto' | 'cold' | 'hot';
  /** `auto`: a thread for each core, and no two runs are the same. Absent or 1: one thread, deterministic. */
  threads?: 1 | 'auto';
  seed: number;
  /** The date that the guest's clock shows at virtual time 0, seconds since 1970. */
  rtcSeconds: number;
  boot: BootImages;
  drives: DriveConfig[];
  /** ELF files whose symbols name addresses, beside those that are loaded. */
  symbols?: Uint8Array[];
  /** Network cards, in order; none when absent. */
  nics?: NetworkCard[];
  /** Keyboards, pointers and touch screens, in order; none when absent. */
  inputs?: InputConfig[];
  /** virtio's serial devices, in order; none when absent. */
  serial?: SerialConfig[];
  /** A virtio sound card. */
  sound?: SoundConfig;
  /** Every frame that a card sends or receives is captured (pcapng). */
  capture?: boolean;
  /** Screens, and what draws on them; none when absent. */
  displays?: DisplayConfig[];
  /** Whether the board's TDMA radio is present. */
  radio?: boolean;
  /** virtio devices have the registers of before version 1.0 (QEMU's, unless it is told otherwise). */
  legacyVirtio?: boolean;
  /** Whether a pl061 power key etc. present is board data; extra virtio devices: */
  rng: boolean | { pci: PciPlace };
  /** A guest that resets the machine ends the run, as if it had powered it off. */
  noReboot?: boolean;
  /** Counts and host times of the emulator's parts are in the result. */
  profile?: boolean;
  /** Virtual ns that a read of the counter is charged; 100 when absent. Emulators that ours is compared with charge nothing. */
  counterReadNs?: number;
  /** Guests beside each other under our hypervisor. `boot`, `drives` and `rng` say nothing then. */
  cells?: CellsConfig;
  /** For tests: when code becomes hot, and how much of it is kept. */
  tuning?: Partial<Tuning>;
}

export interface BootImages {
  /** Linux Image (uncompressed) or ELF, as bytes. */
  kernel?: Uint8Array;
  initrd?: Uint8Array;
  append?: string;
  /** A device tree blob that replaces the derived one. */
  dtb?: Uint8Array;
  /** What banks of flash hold at the start, in order; the first is entered at reset. Elsewhere there are zeros. */
  flash?: FlashImage[];
  /** Raw bytes at an address, or ELF (address from its headers). */
  loads: { bytes: Uint8Array; address?: number; name: string }[];
  entry?: number;
  /** For a hypervisor that is given as the kernel: its first guest. */
  modules?: BootModule[];
}

/** What the guest programs or erases is told to the owner, and refused by a bank that is read-only. */
export interface FlashImage {
  bytes: Uint8Array;
  readOnly?: boolean;
}

/** An image for a hypervisor's first guest, of which the device tree tells. Without an address it goes where there is room. */
export interface BootModule {
  kind: 'kernel' | 'ramdisk';
  bytes: Uint8Array;
  address?: number;
  bootargs?: string;
}

/** A virtio-input device. `serial` is what it says of itself. */
export interface InputConfig {
  kind: HidKind;
  serial?: string;
  pci?: PciPlace;
}

/** A block device's backing bytes live in a SharedArrayBuffer; the host side writes changed sectors back to the file. */
export interface DriveConfig {
  name: string;
  image: SharedArrayBuffer;
  readOnly: boolean;
  /** Of a clone: what was written, instead of into the image. */
  overlay?: Overlay;
  /** On PCI; else it is in a slot of virtio-mmio. */
  pci?: PciPlace;
}

/** A network card, on PCI or in a slot of virtio-mmio. */
export type NetworkCard = NicConfig & { pci?: PciPlace };

/** How a virtio device is on PCI. */
export interface PciPlace {
  /** From 1 on; the first that is free when absent. */
  slot?: number;
  /** Drivers of before virtio 1.0 find it, too. */
  transitional?: boolean;
}

/**
 * What draws on a screen. A `virtio-gpu` has a monitor that prefers a size (pixels), and says so with `edid`; `ramfb` is a framebuffer in RAM whose
 * size the guest chooses, at most one.
 */
export type DisplayConfig =
  { device: 'virtio-gpu'; width: number; height: number; edid: boolean; pci?: PciPlace } | { device: 'ramfb' };

/** What a machine needs of the place where it runs. */
export interface MachineHost extends Host {
  /** Starts what translates beside the guest; where it is absent, the guest waits for its translations. */
  startTranslator?(memory: SharedArrayBuffer): Translator;
  /** The cold tier's loop (machine/cold-loop.ts), where it is compiled already. */
  readonly coldLoop?: WasmModule | undefined;
}

/** A virtio console device. Its ports are streams of the machine, as is the board's UART, which is stream 0: numbered in order. */
export interface SerialConfig {
  /** Of its ports, up to 31; with one there is no number but 0. */
  maxPorts: number;
  ports: PortConfig[];
  /** Where it is on PCI; in a slot of virtio-mmio when absent. */
  pci?: PciPlace | undefined;
}

export interface SoundConfig {
  /** What its microphone hears; silence when absent. */
  input?: { format: FrameFormat; bytes: Uint8Array };
  /** As a serial device's. */
  pci?: PciPlace | undefined;
}

export interface PortConfig {
  /** Its number on the device; 0 is for a console. */
  id: number;
  /** By which programs of the guest find it. */
  name?: string;
  /** For a person, and for the script; else for programs alone. */
  isConsole: boolean;
  /** Nobody is at the other end before a `port` command says so. */
  isClosed?: boolean;
  /** What it is given at the start. */
  input?: Uint8Array;
}

export type MachineState = 'created' | 'running' | 'paused' | 'off';

/** Conditions on consoles that are evaluated beside the machine, at the moment when they are written. */
export interface Script {
  /** Typed when the pattern is seen on a console, to that one; each once, in order. Patterns are JavaScript RegExp sources. */
  sends: { pattern: string; text: string }[];
  /** As `sends`, for the keyboard. */
  sendKeys?: { pattern: string; keys: readonly TimedHidAction[] }[];
  expects: string[];
  fail?: string;
  /** Having seen all that is expected does not end the run: that is up to whoever runs the machine. */
  goesOn?: boolean;
  /** Virtual nanoseconds. */
  timeoutNs?: number;
  /** Lines of the monitor: at a virtual time, or (without one) when the run has ended. */
  monitor?: (MonitorLine & { atNs?: number })[];
  /** As `sends`: lines of the monitor, executed at the end of the slice in which the pattern was seen. */
  cues?: (MonitorLine & { pattern: string })[];
  /** A picture of a screen when the run has ended; of the first one without a name. */
  screenshot?: { screen?: string };
  /** The result's log has the frames of network cards, too. */
  record?: boolean;
  /** Input of an earlier run, entered at its virtual times; live input is then refused. */
  replay?: InputRecord[];
  /** When all that is expected was seen, as many clones of the machine go on, each with a script of its own. They have its limit of virtual time. */
  clones?: CloneScript[];
}

export type CloneScript = Pick<Script, 'sends' | 'expects' | 'fail'>;

/** `images`: of the file that the line names, where it replaces a cell. */
export interface MonitorLine {
  line: string;
  images?: CellImages;
}

/**
 * One piece of outside input as the log has it, that entered at a virtual time: bytes of a stream (0 when absent; cells' consoles are 0, 1 and so on), or with `port` what became of
 * its other end, a key of the board, with `nic` what a network card got (a frame, or with `link` its cable), with `size` the size that a monitor
 * has from now on, what an input device reported, the cell that has the screen from now on, or what was done to a cell.
 */
export interface InputRecord {
  atNs: number;
  bytes: Uint8Array;
  key?: 'power';
  nic?: number;
  link?: boolean;
  size?: ScreenSize;
  hid?: HidReport;
  foreground?: number;
  cell?: CellCommand;
  stream?: number;
  port?: PortChange;
}

/** What is done to a cell, by its name, while the others run on; `images` take the place of what was in it. */
export type CellCommand = { cell: string; act: CellAct } | { cell: string; act: 'replace'; images: CellImages };

/** By the number of the screen; in pixels. */
export interface ScreenSize {
  screen: number;
  width: number;
  height: number;
}

/** What becomes of the other end of a port: somebody comes (true) or leaves, or takes nothing for a while. */
export type PortChange = { open: boolean } | { held: boolean };

export type * from '../hypervisor/config.ts';

/** How a cell does. */
export type CellStatus = CellRow;

export type { DeadlineRow };

export type {
  CellResult,
  DeadlineStatus,
  FrameFormat,
  IdleReport,
  NicConfig,
  Picture,
  ScreenInfo,
  SocketCommand,
  SocketEvent,
  Violation,
};

export type { EmulatorProfile, InputEvent, MonitorAction, NamedPicture };

/** `stopped`: by a person, or a debugger. */
export type Outcome = 'expected' | 'poweroff' | 'stopped' | 'fail' | 'timeout' | 'wall' | 'guest-fault' | 'internal';

export interface RunResult {
  outcome: Outcome;
  virtualNs: number;
  instructions: number;
  wallMs: number;
  /** The host's clock (Host.nowMs) at the first instruction; absent when none was executed. */
  firstInstructionMs?: number;
  stateHash: string;
  matched: string[];
  /** By pattern, the virtual time at which its match was complete. */
  matchedNs: number[];
  /** All outside input of the run, for `--record`. */
  input: InputRecord[];
  /**
   * Why, for guest-fault and internal: with PC, registers, bytes. Several lines for a person. For timeout and wall: the fault in whose handler a
   * core stands.
   */
  error?: { message: string; detail?: string; cause?: CauseCode };
  /** How often generated code returned to the machine, by reason. */
  exits: Record<string, number>;
  tiers: { cold: number; hot: number; compileMs: number; modules: number };
  profile?: EmulatorProfile;
  /** Where there are cells, in their order. */
  cells?: CellResult[];
  /** The same: how the board's cores slept. */
  idle?: IdleReport;
  /** Where deadlines are watched: how each was kept, and those that were missed, up to a thousand. */
  deadlines?: DeadlineStatus[];
  violations?: Violation[];
  /** How well the guest kept up with the radio, if the machine has one. */
  radio?: RadioStatistics;
  clones?: CloneResults;
}

/** Of clones: what became of each, and what making them all took of the host. */
export interface CloneResults {
  results: RunResult[];
  hostMs: number;
  bytes: number;
}

export interface MachineStatus {
  state: MachineState;
  virtualNs: number;
  instructions: number;
  mips: number;
  /** Where there are cells, in their order. */
  cells?: CellStatus[];
  /** Where deadlines are watched. */
  deadlines?: DeadlineRow[];
}

/** From the machine's worker to whoever started it. */
export type MachineEvent =
  /** What a stream was given, the board's UART when absent. */
  | { type: 'console'; bytes: Uint8Array; stream?: number }
  /** The sound card played frames. */
  | { type: 'sound'; bytes: Uint8Array; format: FrameFormat }
  /** The guest took that many bytes of what a port was given: as many more may come. */
  | { type: 'taken'; stream: number; count: number }
  | { type: 'status'; status: MachineStatus }
  | { type: 'drive'; name: string; sector: number; count: number }
  /** The guest changed what a bank of flash holds. */
  | { type: 'flash'; bank: number; offset: number; bytes: Uint8Array }
  /** The answer to a line of the monitor; `quit` is the owner's to carry out, all else is done. Lines of the script have no id. */
  | { type: 'monitor'; id?: number; line: string; text: string; action?: MonitorAction; picture?: NamedPicture }
  /** The screens of the machine, before it runs, if it has any. Their memory is shared: who has them reads along (`ScreenReader`). */
  | { type: 'screens'; screens: ScreenInfo[] }
  /** What the script asks for; without a picture the guest shows none, or there is no such screen. */
  | { type: 'screenshot'; picture?: Picture }
  /** What the host's sockets shall do for the user network of a card, in order. */
  | { type: 'sockets'; nic: number; command: SocketCommand }
  /** A card whose wire leads to the machine's owner sends a frame. */
  | { type: 'frame'; nic: number; frame: Uint8Array }
  /** More of the capture, as a file has it. */
  | { type: 'capture'; bytes: Uint8Array }
  /** The worker wants a thread that translates beside it, which is given that. It lives as long as the worker. */
  | { type: 'translator'; task: object }
  /** Bytes for the debugger, as its protocol has them. */
  | { type: 'debugger'; bytes: Uint8Array }
  /** The images cannot be booted: a user's mistake. Nothing follows. */
  | { type: 'refused'; code: string; message: string; hint?: string }
  | { type: 'ended'; result: RunResult };

/**
 * Where idle time passes as on the wall rather than being skipped: also where the guest may only sleep, as a person at the console wants it, or where
 * it seems to wait for its console (decision 0021).
 */
export type IdlePace = 'always' | 'at-prompts' | 'never';

export interface StartCommand {
  type: 'start';
  config: MachineConfig;
  script: Script;
  speed: 'max' | number;
  wallMs?: number;
  /** `never` when absent. */
  paceIdle?: IdlePace;
  /** Nothing runs until `resume`, or until a debugger lets it. */
  paused?: boolean;
}

/** To the machine's worker. */
export type MachineCommand =
  | StartCommand
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'reset' }
  | { type: 'stop' }
  | { type: 'speed'; speed: 'max' | number; paceIdle?: IdlePace }
  | { type: 'input'; bytes: Uint8Array; stream?: number }
  | { type: 'port'; stream: number; change: PortChange }
  /** What a socket told, to the user network of a card. */
  | { type: 'sockets'; nic: number; event: SocketEvent }
  /** A frame for a card whose wire leads to the machine's owner. */
  | { type: 'frame'; nic: number; frame: Uint8Array }
  | { type: 'cell'; command: CellCommand }
  /** The cable of a card is plugged in or out. */
  | { type: 'link'; nic: number; up: boolean }
  /** A debugger connects: the machine stops. Not to one with threads for its cores. */
  | { type: 'debugger-opened' }
  /** Bytes from it, cut anywhere. */
  | { type: 'debugger'; bytes: Uint8Array }
  /** It is gone. */
  | { type: 'debugger-closed' }
  | { type: 'power-key' }
  /** The monitor behind a screen has another size: a guest that can be told draws in it. */
  | { type: 'resize-screen'; screen: string; width: number; height: number }
  /** Hands on the input devices: actions now, or each so long after now in virtual time. */
  | { type: 'hid'; actions: readonly TimedHidAction[] }
  /** The cell of that number has the screen that cells share. */
  | { type: 'foreground'; cell: number }
  | { type: 'monitor'; id: number; line: string };
