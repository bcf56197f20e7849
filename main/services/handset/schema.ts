/** The handset file: the one schema behind `check`, the loader and the editor's completion (JSON Schema). */
import { z } from 'zod';
import { hidKinds } from '../../../emulator/base/hid.ts';

const size = z
  .string({ error: 'a size with its unit is needed, such as 192M' })
  .regex(/^\d+(\.\d+)?\s*[kKmMgG]i?[bB]?$/, { error: 'a size with its unit is needed, such as 192M' });
export const file = z.string().min(1).describe('A path relative to this file, or guest:NAME for a fetched guest');
const address = z.int().min(0).describe('A guest-physical address');
export const name = z
  .string()
  .regex(/^[A-Za-z][\w-]*$/, { error: 'a name begins with a letter and has letters, digits, - and _' });

const bus = z.enum(['mmio', 'pci']).optional().describe('What a virtio device is on (mmio)');

const blockDevice = z.strictObject({
  block: file.describe('A raw image; what the guest writes goes into it'),
  readOnly: z.boolean().optional(),
  bus,
});

/** A network card, and what its wire does to frames. */
export const wire = z.strictObject({
  mac: z.string().optional().describe('The address of the card, such as 52:54:00:12:34:56'),
  delay: z.string().optional().describe('What the wire delays each frame, such as 10ms'),
  bandwidth: z.string().optional().describe('Bits a second, such as 10M'),
  loss: z.string().optional().describe('The part of frames that is lost, such as 1%'),
  bus,
});

export const netDevice = wire.extend({
  net: z.enum(['user']).describe('user: a gateway at 10.0.2.2 that turns traffic into connections of this computer'),
  forward: z.array(z.string()).optional().describe('Ports of this computer that lead to the guest, such as tcp::8080-:80'),
  restricted: z.boolean().optional().describe('The guest reaches nothing, and forwarded ports reach the guest'),
});

export const displayDevice = z.strictObject({
  display: z.enum(['virtio-gpu', 'ramfb']).describe('virtio-gpu: a graphics card; ramfb: a framebuffer in RAM'),
  width: z.int().optional().describe('Pixels of the screen of a virtio-gpu (1280)'),
  height: z.int().optional().describe('Pixels of the screen of a virtio-gpu (800)'),
});

export const deviceNames = ['uart', 'rng', 'radio', 'console', 'display', ...hidKinds] as const;
export const device = z
  .union([z.enum(deviceNames), blockDevice, netDevice, displayDevice])
  .describe(
    'uart: the console; console: a virtio console, hvc0 in Linux; rng: virtio random numbers; radio: frames of a baseband; display: a screen; keyboard, tablet, mouse, touch: virtio input; { block: FILE }: a virtio disk; { net: user }: a network card',
  );

const load = z.strictObject({
  file,
  address: address.optional().describe('Where raw bytes go; ELF knows by itself'),
});

export const cell = z.strictObject({
  image: file.optional().describe('An ELF program, entered at its entry point'),
  kernel: file.optional().describe('A Linux Image (plain or with gzip), or ELF'),
  initrd: file.optional().describe('Initial RAM disk'),
  append: z.string().optional().describe('Command line of the kernel'),
  dtb: file.optional().describe('A device tree blob instead of the derived one'),
  bios: file.optional().describe('A flash image at 0, entered at reset'),
  load: z.array(load).optional().describe('Further images'),
  entry: address.optional().describe('Where to start'),
  memory: size.describe('RAM, such as 192M'),
  devices: z.array(device).optional().describe('What the cell may use'),
});

export const handset = z.strictObject({
  handset: name.describe('The name of the handset'),
  board: z.enum(['virt']).default('virt').describe('virt: the memory map of QEMU'),
  cores: z.int().min(1).max(8).default(1),
  cpu: z.enum(['cortex-a53', 'cortex-a57', 'cortex-a72', 'max']).default('max').describe('The ID registers of that core'),
  gic: z
    .union([z.literal(2), z.literal(3)])
    .default(3)
    .describe('Version of the interrupt controller'),
  el: z
    .union([z.literal(1), z.literal(2)])
    .default(1)
    .describe('The highest exception level that guests see'),
  exec: z.enum(['auto', 'cold']).default('auto').describe('How code is executed'),
  seed: z.int().min(0).max(0xffff_ffff).default(1).describe('What guests get as random follows from it'),
  rtc: z.string().optional().describe('The date of the clock at the start, such as 2026-01-01T12:00:00'),
  cells: z.record(name, cell).describe('The guests, by name'),
});
export type Handset = z.output<typeof handset>;
export type Wire = z.output<typeof wire>;
export type NetDevice = z.output<typeof netDevice>;
export type DisplayDevice = z.output<typeof displayDevice>;
export type Cell = z.output<typeof cell>;

/** Every file that a handset names, and where it names it. */
export function filesOf({ cells }: Handset): { path: PropertyKey[]; value: string }[] {
  return Object.entries(cells).flatMap(([name, content]) => {
    const found = (['image', 'kernel', 'initrd', 'dtb', 'bios'] as const).map((key) => ({
      path: ['cells', name, key] as PropertyKey[],
      value: content[key],
    }));
    const loads = (content.load ?? []).map(({ file }, index) => ({ path: ['cells', name, 'load', index, 'file'], value: file }));
    const blocks = (content.devices ?? []).map((entry, index) => ({
      path: ['cells', name, 'devices', index, 'block'],
      value: typeof entry === 'string' || !('block' in entry) ? undefined : entry.block,
    }));
    return [...found, ...loads, ...blocks].flatMap(({ path, value }) => (value === undefined ? [] : [{ path, value }]));
  });
}

/** What later versions will have, by the place where it stands: refused by name rather than as unknown. */
export const notYet = {
  handset: ['channels', 'budgets', 'clock', 'display'],
  cell: ['schedule', 'cores', 'el', 'stage2'],
  device: ['gpu', 'vsock'],
} as const;

export function handsetJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(handset, { io: 'input', target: 'draft-7' }) as Record<string, unknown>;
}
