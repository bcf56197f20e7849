/** What stands under `devices` of a cell. */
import { z } from 'zod';
import { hidKinds, type HidKind } from '../../../emulator/base/hid.ts';
import { passableNames } from '../../../emulator/machine/boards.ts';
import { file } from './schema-values.ts';

const bus = z.enum(['mmio', 'pci']).optional().describe('What a virtio device is on (mmio)');

export const blockDevice = z.strictObject({
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

export const switchDevice = wire.extend({
  switch: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'a name such as lan')
    .describe('A switch of this handset, by name: cells at the same one reach each other'),
});

export const servedDisk = z.strictObject({
  'disk-of': z.string().describe('A disk that another cell serves: the first block device of that one'),
});

export const displayDevice = z.strictObject({
  display: z.enum(['virtio-gpu', 'ramfb']).describe('virtio-gpu: a graphics card; ramfb: a framebuffer in RAM'),
  width: z.int().optional().describe("Pixels of the screen of a virtio-gpu (the board's, or 1280)"),
  height: z.int().optional().describe("Pixels of the screen of a virtio-gpu (the board's, or 800)"),
});

/** What every guest can have of its own, besides what needs more words. */
const ownDevices = ['uart', 'rtc', 'rng', 'console', 'display', ...hidKinds] as const;
/** Those, and what a board has once, for one cell. */
export const deviceNames: readonly string[] = [...ownDevices, ...passableNames];

export const device = z
  .union([z.enum(deviceNames as [string, ...string[]]), blockDevice, netDevice, switchDevice, servedDisk, displayDevice])
  .describe(
    'uart: the console; console: a virtio console, hvc0 in Linux; rtc: the date; rng: virtio random numbers; display: a screen; ' +
      'keyboard, tablet, mouse, touch: virtio input; { block: FILE }: a virtio disk; { net: user }: a network card; { switch: NAME }: one at a switch between cells; ' +
      '{ disk-of: CELL }: a virtio disk that another cell serves; ' +
      `${passableNames.join(', ')}: what the board has once, for one cell`,
  );
export const isHid = (device: string): device is HidKind => (hidKinds as readonly string[]).includes(device);
export type Wire = z.output<typeof wire>;
export type NetDevice = z.output<typeof netDevice>;
export type SwitchDevice = z.output<typeof switchDevice>;
export type BlockDevice = z.output<typeof blockDevice>;
export type DisplayDevice = z.output<typeof displayDevice>;
