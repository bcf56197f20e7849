/** Values that several parts of a handset file have. */
import { z } from 'zod';

const wantedSize = { error: 'a size with its unit is needed, such as 192M' };
export const size = z.string(wantedSize).regex(/^\d+(\.\d+)?\s*[kKmMgG]i?[bB]?$/, wantedSize);

const wantedDuration = { error: 'a time with its unit is needed, such as 4615us' };
export const duration = z.string(wantedDuration).regex(/^\d+(\.\d+)?\s*(ns|us|µs|ms|s)$/, wantedDuration);

export const file = z.string().min(1).describe('A path relative to this file, or guest:NAME for a fetched guest');
export const address = z.int().min(0).describe('A guest-physical address');
export const name = z
  .string()
  .regex(/^[A-Za-z][\w-]*$/, { error: 'a name begins with a letter and has letters, digits, - and _' });
