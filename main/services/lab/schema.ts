/** The lab file: several machines, and the switches between them. */
import { z } from 'zod';
import { handset, handsetJsonSchema } from '../handset/schema.ts';
import { wire } from '../handset/schema-devices.ts';
import { file, name } from '../handset/schema-values.ts';

export const machineFile = z.strictObject({ handset: file.describe('A handset file, relative to this one') });
const ownMachine = handset.omit({ handset: true });

const top = {
  lab: name.describe('The name of the lab'),
  seed: z.int().min(0).max(0xffff_ffff).default(1).describe('What wires lose follows from it'),
  switches: z
    .record(name, z.record(name, wire.nullable()))
    .default({})
    .describe('Switches by name: the machines at each, with a network card for that and what its wire does'),
};

/** What a machine of a lab is, is checked where it stands: it is a handset without its name, or names a file. */
export const lab = z.strictObject({
  ...top,
  machines: z.record(name, z.record(z.string(), z.unknown())).describe('The machines by name'),
});
export type Lab = z.output<typeof lab>;

/** Completion for a file that is a lab or a handset. */
export function fileJsonSchema(): Record<string, unknown> {
  const whole = z.strictObject({ ...top, machines: z.record(name, z.union([machineFile, ownMachine])) });
  const json = z.toJSONSchema(whole, { io: 'input', target: 'draft-7' });
  return { if: { required: ['lab'] }, then: json, else: handsetJsonSchema() };
}
