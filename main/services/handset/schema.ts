/** The handset file: the one schema behind `check`, the loader and the editor's completion (JSON Schema). */
import { z } from 'zod';
import { boardNames, boards } from '../../../emulator/machine/boards.ts';
import { address, name, duration, file, size } from './schema-values.ts';
import { blockDevice, device, displayDevice, netDevice, servedDisk, switchDevice } from './schema-devices.ts';

const load = z.strictObject({
  file,
  address: address.optional().describe('Where raw bytes go; ELF knows by itself'),
});

export const schedule = z.strictObject({
  priority: z
    .int()
    .min(0)
    .max(255)
    .optional()
    .describe('Larger is more urgent; equal ones take turns. 0, which is also what is meant without it, is the background'),
  period: duration.optional().describe('How often the budget comes back, such as 4615us'),
  budget: duration.optional().describe('Of each period the cell has at most so much, on each core'),
  overrun: z
    .enum(['throttle', 'stop', 'background'])
    .optional()
    .describe(
      'When the budget is used up: throttle (wait for more, the default), stop (the cell), background (take turns with cells of priority 0 until then)',
    ),
  share: z.int().min(1).max(1000).optional().describe('Its part beside others of its priority (1)'),
});

export const cell = z.strictObject({
  image: file.optional().describe('A program: ELF, entered at its entry point, or a Linux Image'),
  kernel: file.optional().describe('A Linux Image (plain or with gzip), or ELF'),
  initrd: z
    .union([file, z.array(file).min(1)])
    .optional()
    .describe('Initial RAM disk; of several, what a later one has goes over what an earlier one has'),
  append: z.string().optional().describe('Command line of the kernel'),
  dtb: file.optional().describe('A device tree blob instead of the derived one'),
  bios: file.optional().describe('A flash image at 0, entered at reset; for a cell that has the machine to itself'),
  load: z.array(load).optional().describe('Further images'),
  entry: address.optional().describe('Where to start'),
  map: z
    .enum(boardNames)
    .optional()
    .describe("A board whose addresses and interrupts the cell has, for a guest that was built for them (the handset's board)"),
  memory: size.describe('RAM, such as 192M'),
  cpus: z
    .int()
    .min(1)
    .max(8)
    .optional()
    .describe('Virtual CPUs (1; as many as there are cores where the cell has the machine to itself)'),
  cores: z.array(z.int().min(0)).optional().describe('The core of each virtual CPU, such as [0, 1]; the first ones when absent'),
  schedule: schedule.optional().describe('When the cell runs'),
  devices: z.array(device).optional().describe('What the cell may use ([uart])'),
  restart: z.enum(['never', 'on-failure', 'always']).optional().describe('What follows when the guest ends (never)'),
});

export const channel = z.strictObject({
  name: name.describe('Unique among channels'),
  cells: z.record(name, z.enum(['rw', 'ro'])).describe('What each side may do with the memory: rw or ro'),
  size: size.describe('Shared memory, such as 64K'),
  doorbell: z.string().default('both').describe('Who may ring: both (the default), none, or the name of a cell'),
  distance: duration
    .optional()
    .describe('Shortest time from one doorbell that a side hears to the next, such as 1ms: what is rung before is heard then'),
});

const overlay = z.strictObject({
  cell: name.describe('The cell that draws the strip; while it has taken the screen, all of its picture is shown'),
  edge: z.enum(['top', 'bottom']).optional().describe('Where the strip is (top)'),
  height: z.int().describe('Its rows, such as 48'),
});

export const display = z.strictObject({
  width: z.int().optional().describe("Pixels of the panel (the board's, or 1280)"),
  height: z.int().optional().describe("Pixels of the panel (the board's, or 800)"),
  rotation: z
    .union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)])
    .optional()
    .describe('Degrees clockwise by which what cells draw is turned (0)'),
  foreground: name.optional().describe('The cell that has the screen at first (the first one with a display)'),
  switch: z.string().optional().describe("The key that gives the screen to the next cell (f12); keys have QEMU's names"),
  overlay: overlay.optional().describe('A strip that no other cell can cover'),
});

export const budget = z.strictObject({
  from: z.string().describe('When it begins: CELL.EVENT or DEVICE.EVENT, such as radio.frame-irq'),
  to: z.string().describe('When it has to have ended: such as modem.frame-task'),
  max: duration.describe('The longest time from one to the other, such as 58us'),
});

export const handset = z.strictObject({
  handset: name.describe('The name of the handset'),
  board: z
    .enum(boardNames)
    .default('virt')
    .describe(boardNames.map((name) => `${name}: ${boards[name].about}`).join('; ')),
  cores: z.int().min(1).max(8).default(1),
  cpu: z.enum(['cortex-a53', 'cortex-a57', 'cortex-a72', 'max']).default('max').describe('The ID registers of that core'),
  gic: z
    .union([z.literal(2), z.literal(3)])
    .optional()
    .describe("Version of the interrupt controller (the board's)"),
  el: z
    .union([z.literal(1), z.literal(2)])
    .default(1)
    .describe('The highest exception level that guests see'),
  exec: z.enum(['auto', 'cold']).default('auto').describe('How code is executed'),
  seed: z.int().min(0).max(0xffff_ffff).default(1).describe('What guests get as random follows from it'),
  rtc: z.string().optional().describe('The date of the clock at the start, such as 2026-01-01T12:00:00'),
  cells: z.record(name, cell).describe('The guests, by name'),
  display: display.optional().describe('The display that cells share, where several have one'),
  channels: z.array(channel).default([]).describe('Memory that several cells see, and how one tells the other to look'),
  budgets: z.array(budget).default([]).describe('Deadlines that are watched in every run'),
});
export type Handset = z.output<typeof handset>;
export type Cell = z.output<typeof cell>;
export type Display = z.output<typeof display>;
export type Channel = z.output<typeof channel>;

/** The keys that are known where a path leads, for suggestions. */
export function keysAt(path: readonly PropertyKey[]): readonly string[] {
  const [top, , inner] = path;
  const shapes: Record<string, object> = {
    '0': handset.shape,
    'cells 2': cell.shape,
    'schedule 3': schedule.shape,
    'load 4': load.shape,
    'devices 4': { ...blockDevice.shape, ...netDevice.shape, ...switchDevice.shape, ...servedDisk.shape, ...displayDevice.shape },
    'display 1': display.shape,
    'overlay 2': overlay.shape,
    'channels 2': channel.shape,
    'budgets 2': budget.shape,
  };
  const [, second] = path;
  const place =
    path.length === 0 ? '0' : `${String(path.length > 2 ? inner : second === 'overlay' ? second : top)} ${path.length}`;
  return Object.keys(shapes[place] ?? {});
}

/** The initial RAM disks of a cell, and where it names them. */
export function initrdsOf({ initrd = [] }: Cell): { path: PropertyKey[]; value: string }[] {
  if (typeof initrd === 'string') return [{ path: ['initrd'], value: initrd }];
  return initrd.map((value, index) => ({ path: ['initrd', index], value }));
}

/** Every file that a handset names, and where it names it. */
export function filesOf({ cells }: Handset): { path: PropertyKey[]; value: string }[] {
  return Object.entries(cells).flatMap(([name, content]) => {
    const found = (['image', 'kernel', 'dtb', 'bios'] as const).map((key) => ({
      path: ['cells', name, key] as PropertyKey[],
      value: content[key],
    }));
    const initrds = initrdsOf(content).map(({ value, path }) => ({ path: ['cells', name, ...path], value }));
    const loads = (content.load ?? []).map(({ file }, index) => ({ path: ['cells', name, 'load', index, 'file'], value: file }));
    const blocks = (content.devices ?? []).map((entry, index) => ({
      path: ['cells', name, 'devices', index, 'block'],
      value: typeof entry === 'string' || !('block' in entry) ? undefined : entry.block,
    }));
    return [...found, ...initrds, ...loads, ...blocks].flatMap(({ path, value }) =>
      value === undefined ? [] : [{ path, value }],
    );
  });
}

/** What later versions will have, by the place where it stands: refused by name rather than as unknown. */
export const notYet = {
  handset: ['clock'],
  cell: ['el', 'stage2'],
  device: ['gpu', 'vsock'],
} as const;

export function handsetJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(handset, { io: 'input', target: 'draft-7' }) as Record<string, unknown>;
}
