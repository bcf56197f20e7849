/** What stands under `devices` of a cell. */
import { z } from 'zod';
import { passableNames } from '../../../emulator/machine/boards.ts';
import { file } from './schema-values.ts';

const bus = z.enum(['mmio', 'pci']).optional().describe('What a virtio device is on (mmio)');

export const blockDevice = z.strictObject({
  block: file.describe('A raw image; what the guest writes goes into it'),
  readOnly: z.boolean().optional(),
  bus,
});

export const netDevice = z.strictObject({
  net: z.enum(['user']).describe('user: a gateway at 10.0.2.2 that turns traffic into connections of this computer'),
  mac: z.string().optional().describe('The address of the card, such as 52:54:00:12:34:56'),
  forward: z.array(z.string()).optional().describe('Ports of this computer that lead to the guest, such as tcp::8080-:80'),
  restricted: z.boolean().optional().describe('The guest reaches nothing, and forwarded ports reach the guest'),
  delay: z.string().optional().describe('What the wire delays each frame, such as 10ms'),
  bandwidth: z.string().optional().describe('Bits a second, such as 10M'),
  loss: z.string().optional().describe('The part of frames that is lost, such as 1%'),
  bus,
});

/** Each cell can have one of its own. */
export const ownDevices = ['uart', 'rtc', 'rng'] as const;
/** Those, and what a board has once, for one cell. */
export const deviceNames: readonly string[] = [...ownDevices, ...passableNames];

export const device = z
  .union([z.enum(deviceNames as [string, ...string[]]), blockDevice, netDevice])
  .describe(
    'uart: the console; rtc: the date; rng: virtio random numbers; { block: FILE }: a virtio disk; { net: user }: a network card; ' +
      'others: a device that the board has once',
  );
export type NetDevice = z.output<typeof netDevice>;
export type BlockDevice = z.output<typeof blockDevice>;
