/** The data of the contract: what the services and the screen exchange, each shape once, as a schema and its type. */
import { z } from 'zod';
import { cellActNames, cellStates } from '../../emulator/base/cell-acts.ts';
import { hidKinds, MAX_CONTACTS } from '../../emulator/base/hid.ts';

// A content security policy without `unsafe-eval` forbids the code that zod would otherwise generate.
z.config({ jitless: true });

/** Where in a text a problem lies; lines and columns count from 1, the end is exclusive. */
export const range = z.strictObject({
  line: z.int().min(1),
  column: z.int().min(1),
  endLine: z.int().min(1),
  endColumn: z.int().min(1),
});
export type Range = z.infer<typeof range>;

/** One finding in a handset file. `code` is stable (`unknown-key`, `missing-file`, ...), `hint` is the next step to take. */
export const problem = z.strictObject({
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  file: z.string(),
  range: range.optional(),
});
export type Problem = z.infer<typeof problem>;

/** A handset file that the workstation knows. `id` names it in every call; `path` is for people. */
export const project = z.strictObject({
  id: z.string(),
  name: z.string(),
  path: z.string(),
  /** An example that came with the product: it is read-only, `projects.copy` makes one's own of it. */
  example: z.boolean(),
  /** First comment of the file. */
  description: z.string(),
});
export type Project = z.infer<typeof project>;

/** Text of a handset file. `version` changes with the content: `projects.save` refuses to overwrite a version it was not told of. */
export const document = z.strictObject({ text: z.string(), version: z.string() });
export type Document = z.infer<typeof document>;

/** A number that names a machine for as long as the host runs. */
export const machineId = z.int().min(1).max(0xffff_ffff);
export type MachineId = z.infer<typeof machineId>;

export const machineState = z.enum(['created', 'running', 'paused', 'off']);

/** How a cell does, since the machine started: times are virtual ns, in its guest and in the hypervisor on its account, on all cores together. */
export const cellStatus = z.strictObject({
  name: z.string(),
  state: z.enum(cellStates),
  /** Why it failed. */
  failure: z.string().optional(),
  restarts: z.int(),
  runNs: z.number(),
  overheadNs: z.number(),
  /** At most so much of each period, on all its cores together. */
  budget: z.strictObject({ budgetNs: z.number(), periodNs: z.number() }).optional(),
  /** How often its budget was used up. */
  overruns: z.int(),
  /** Deadlines that it missed: those that the handset file watches, and its radio's. */
  missed: z.int(),
  /** How often it came to the hypervisor. */
  exits: z.int(),
});
export type CellStatus = z.infer<typeof cellStatus>;

/** How a deadline was kept that the handset file watches; `last` is the last violation with its cause, for a person. */
export const deadlineStatus = z.strictObject({
  from: z.string(),
  to: z.string(),
  maxNs: z.number(),
  met: z.int(),
  missed: z.int(),
  worstNs: z.number(),
  last: z.string().optional(),
});
export type DeadlineStatus = z.infer<typeof deadlineStatus>;

export const cellAct = z.enum(cellActNames);
export type CellAct = z.infer<typeof cellAct>;

/** How a machine is getting on: virtual time in ns, instructions retired, speed in million instructions a (host) second. */
export const machineStatus = z.strictObject({
  state: machineState,
  virtualNs: z.number(),
  instructions: z.number(),
  mips: z.number(),
  /** Where there are several guests. */
  cells: z.array(cellStatus).optional(),
  deadlines: z.array(deadlineStatus).optional(),
});
export type MachineStatus = z.infer<typeof machineStatus>;

/** How a run ended, as the command line's JSON has it; `refused`: the images could not be booted, nothing ran. */
export const runResult = z.strictObject({
  outcome: z.enum(['expected', 'poweroff', 'stopped', 'fail', 'timeout', 'wall', 'guest-fault', 'internal', 'refused']),
  virtualNs: z.number(),
  instructions: z.number(),
  wallMs: z.number(),
  stateHash: z.string(),
  /** Why, for guest-fault and internal; `detail` has several lines (PC, registers, bytes); `cause` is a stable name of what a guest died of. */
  error: z.strictObject({ message: z.string(), detail: z.string().optional(), cause: z.string().optional() }).optional(),
});
export type RunResult = z.infer<typeof runResult>;

/** What a line of the monitor did to the machine; an object is the cable of a network card or something done to a cell, `hands` are keys and pointers. */
export const monitorAction = z.union([
  z.enum(['stop', 'cont', 'reset', 'power', 'quit', 'hands', 'screen']),
  z.strictObject({ nic: z.int().nonnegative(), up: z.boolean() }),
  z.strictObject({ cell: z.string(), act: cellAct }),
]);

/** `max`: as fast as the host can, idle time is skipped. A number: virtual time against the clock on the wall. */
export const speed = z.union([z.literal('max'), z.number().positive().max(1000)]);
export type Speed = z.infer<typeof speed>;

/** A part of the screen's width or height. */
const part = z.number().min(0).max(1);
const steps = z.int().min(-0x8000).max(0x7fff);
const contact = z
  .int()
  .min(0)
  .max(MAX_CONTACTS - 1);

/** What hands do (emulator/base/hid.ts); a key by `KeyboardEvent.code`. */
export const handsAction = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('key'), code: z.string().max(40), down: z.boolean() }),
  z.strictObject({ kind: z.literal('point'), x: part, y: part }),
  z.strictObject({ kind: z.literal('move'), dx: steps, dy: steps }),
  z.strictObject({ kind: z.literal('button'), button: z.enum(['left', 'middle', 'right', 'side', 'extra']), down: z.boolean() }),
  z.strictObject({ kind: z.literal('wheel'), steps }),
  z.strictObject({ kind: z.literal('touch'), contact, x: part, y: part }),
  z.strictObject({ kind: z.literal('lift'), contact }),
]);
export type HandsAction = z.infer<typeof handsAction>;

export const machine = z.strictObject({
  id: machineId,
  project: z.string(),
  /** The handset's name. */
  name: z.string(),
  cores: z.int(),
  /** Bytes of RAM. */
  memory: z.number(),
  /** The UART of the cell, called as it, and its virtio consoles; the index is the number in frames and calls. */
  consoles: z.array(z.strictObject({ name: z.string() })),
  /** Of the run; their index is their number in events and calls. */
  screens: z.array(z.strictObject({ name: z.string() })),
  /** What hands can reach. */
  inputs: z.array(z.enum(hidKinds)),
  status: machineStatus,
  speed,
  /** Of the last run, once it has ended. */
  result: runResult.optional(),
});
export type Machine = z.infer<typeof machine>;

/** A guest that can be fetched. `bytes` is what is on disk, absent when it is not there. */
export const guest = z.strictObject({
  name: z.string(),
  description: z.string(),
  path: z.string(),
  bytes: z.number().optional(),
});
export type Guest = z.infer<typeof guest>;

/** Long work. `done` of `total` bytes; `total` is absent while it is not known. Nothing follows after a state other than `running`. */
export const progress = z.strictObject({
  operation: z.int(),
  label: z.string(),
  done: z.number(),
  total: z.number().optional(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  error: z.string().optional(),
});
export type Progress = z.infer<typeof progress>;

/** What a person has chosen; kept in the user's configuration folder. */
export const settings = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']),
  consoleFontSize: z.int().min(6).max(40),
  consoleScrollback: z.int().min(0).max(1_000_000),
  /** The speed at which machines start in the window. */
  speed,
  /** Where fetched guests lie; empty: the default folder. */
  guestsFolder: z.string(),
  /** The panels' layout as the screen wrote it. */
  layout: z.string().max(1_000_000),
});
export type Settings = z.infer<typeof settings>;

export const hostInfo = z.strictObject({
  version: z.string(),
  /** Which host offers the services: the window, a browser, or a test. */
  host: z.enum(['desktop', 'browser', 'test']),
  /** `process.platform` of the host. */
  platform: z.string(),
  guestsFolder: z.string(),
  /** What the screen shows first: the project that was named when the host was started, or the default. */
  project: z.string().optional(),
});
export type HostInfo = z.infer<typeof hostInfo>;
