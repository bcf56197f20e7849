/** Every call that the screen may make. A new method is a row here; the compiler then points at the service that lacks it. */
import { z } from 'zod';
import * as schema from './schema.ts';

/** A row: what goes in and what comes back. */
export interface Method<Params extends z.ZodType = z.ZodType, Result extends z.ZodType = z.ZodType> {
  readonly params: Params;
  readonly result: Result;
}

function method<Params extends z.ZodType, Result extends z.ZodType>(params: Params, result: Result): Method<Params, Result> {
  return { params, result };
}

const nothing = z.null();
const noParams = z.strictObject({});
const ofProject = z.strictObject({ project: z.string().max(4096) });
const ofMachine = z.strictObject({ machine: schema.machineId });
const ofConsole = z.strictObject({ machine: schema.machineId, console: z.int().min(0).max(255) });
const ofCell = z.strictObject({ machine: schema.machineId, cell: z.string().max(100) });
const side = z.int().min(16).max(4096);
const ofScreen = z.strictObject({ machine: schema.machineId, screen: z.int().min(0).max(255) });
const text = z.string().max(4_000_000);

export const methods = {
  host: {
    info: method(noParams, schema.hostInfo),
  },
  projects: {
    /** Examples first, then what was opened lately. */
    list: method(noParams, z.array(schema.project)),
    /** Opens a handset file by its path on the host. It has to lie in a folder that the host grants. */
    open: method(z.strictObject({ path: z.string().min(1).max(4096) }), schema.project),
    /** Makes a file of one's own from another, in the user's folder of handsets. */
    copy: method(z.strictObject({ project: z.string().max(4096), name: z.string().min(1).max(100) }), schema.project),
    read: method(ofProject, schema.document),
    /** Answers the new version. Fails with `changed-on-disk` when `version` is not what is on disk. */
    save: method(
      z.strictObject({ project: z.string().max(4096), text, version: z.string().max(100) }),
      z.strictObject({ version: z.string() }),
    ),
    /** Problems of `text`, or of the file on disk. */
    check: method(z.strictObject({ project: z.string().max(4096), text: text.optional() }), z.array(schema.problem)),
    /** JSON Schema of the handset file, for the editor. */
    schema: method(noParams, z.record(z.string(), z.unknown())),
  },
  machines: {
    list: method(noParams, z.array(schema.machine)),
    /** Reads the handset file on disk and makes a machine of it; fails with its first problem. */
    create: method(ofProject, schema.machine),
    /** Starts it, or starts it anew once it is off. */
    start: method(z.strictObject({ machine: schema.machineId, speed: schema.speed.optional() }), nothing),
    pause: method(ofMachine, nothing),
    resume: method(ofMachine, nothing),
    reset: method(ofMachine, nothing),
    /** Ends the run; the machine stays in the list and can be started again. */
    stop: method(ofMachine, nothing),
    /** Ends the run and forgets the machine. */
    remove: method(ofMachine, nothing),
    /** Hands on the machine's input devices, all at the same time. What it has no device for does nothing. */
    act: method(z.strictObject({ machine: schema.machineId, actions: z.array(schema.handsAction).min(1).max(64) }), nothing),
    setSpeed: method(z.strictObject({ machine: schema.machineId, speed: schema.speed }), nothing),
    /** From now on `console` events come: first what is kept of the past (scrollback), then what is written. */
    attach: method(ofConsole, nothing),
    detach: method(ofConsole, nothing),
  },
  cells: {
    /** Does that to a cell while the others run on. */
    act: method(ofCell.extend({ act: schema.cellAct }), nothing),
    /** Gives a cell the images that the handset file on disk has for it now: it begins anew with them. */
    replace: method(ofCell, nothing),
  },
  screens: {
    /** From now on `screen` events come: first all that is shown, then what changes. Nothing comes while an event is not answered by `shown`. */
    attach: method(ofScreen, nothing),
    /** The last event is drawn: what has changed meanwhile comes next. */
    shown: method(ofScreen, nothing),
    detach: method(ofScreen, nothing),
    /** The monitor has another size, in pixels: a guest that can be told draws in it. */
    resize: method(ofScreen.extend({ width: side, height: side }), nothing),
  },
  monitor: {
    /** A line of the monitor's language, as behind Ctrl-A c: `help` lists it. Mistakes are answers; `quit` ends the run. */
    execute: method(
      z.strictObject({ machine: schema.machineId, line: z.string().max(1000) }),
      z.strictObject({ text: z.string(), action: schema.monitorAction.optional() }),
    ),
  },
  guests: {
    list: method(noParams, z.array(schema.guest)),
    /** Answers at once; `progress` events with that operation's number follow. No names: all. */
    fetch: method(z.strictObject({ names: z.array(z.string().max(100)).max(50) }), z.strictObject({ operation: z.int() })),
  },
  operations: {
    /** Ends long work; harmless when it has ended already. */
    cancel: method(z.strictObject({ operation: z.int() }), nothing),
  },
  settings: {
    get: method(noParams, schema.settings),
    /** Changes what is given, answers all. */
    set: method(schema.settings.partial(), schema.settings),
  },
} as const satisfies Record<string, Record<string, Method>>;

export type Methods = typeof methods;

/** The client's functions: `api.machines.start({ machine })`. A method without parameters takes none. */
export type Api = {
  readonly [S in keyof Methods]: { readonly [M in keyof Methods[S]]: Call<Methods[S][M]> };
};
type Call<M> =
  M extends Method<infer P, infer R>
    ? Record<string, never> extends z.input<P>
      ? (params?: z.input<P>) => Promise<z.output<R>>
      : (params: z.input<P>) => Promise<z.output<R>>
    : never;

/** What a host has to offer: one function for each method. They throw a `UserError` (or what looks like one) for a person's mistake. */
export type Services<Context> = {
  readonly [S in keyof Methods]: { readonly [M in keyof Methods[S]]: Handler<Methods[S][M], Context> };
};
type Handler<M, Context> =
  M extends Method<infer P, infer R> ? (params: z.output<P>, context: Context) => z.input<R> | Promise<z.input<R>> : never;
