/** What the host tells by itself. Console bytes and pictures are events too, but travel as binary frames (`frame.ts`, `screen-frame.ts`). */
import { z } from 'zod';
import * as schema from './schema.ts';
import type { ScreenEvent } from './screen-frame.ts';

export const events = {
  /** State, time and speed: at each change of state and about four times a second while it runs. */
  status: z.strictObject({ machine: schema.machineId, status: schema.machineStatus }),
  /** A run has ended; the status with state `off` came before. */
  ended: z.strictObject({ machine: schema.machineId, result: schema.runResult }),
  /** The list of machines has changed. */
  machines: z.array(schema.machine),
  /** A handset file has changed on disk, and this is what it is now found to have. */
  problems: z.strictObject({ project: z.string(), problems: z.array(schema.problem) }),
  /** A person has opened a handset file by the host's own means (a menu of the desktop's window). */
  opened: schema.project,
  progress: schema.progress,
  settings: schema.settings,
} as const;

/** Bytes that a guest wrote. `offset` counts the bytes of that console since the machine was made: a gap means that some were lost. */
export interface ConsoleEvent {
  machine: number;
  console: number;
  offset: number;
  bytes: Uint8Array;
}

export type Events = { [E in keyof typeof events]: z.output<(typeof events)[E]> };
export type EventName = keyof Events;

/** Events as a listener has them. */
export type ClientEvents = Events & { console: ConsoleEvent; screen: ScreenEvent };
