/** `Z` and `z`: software and hardware breakpoints are the same here, for none changes the guest's memory. */
import type { WatchedAccess } from '../target.ts';
import { errors, type Context, type Handler } from './context.ts';
import { fits, parseCount, parseNumber } from './text.ts';

const watched: Readonly<Record<string, WatchedAccess>> = { '2': 'write', '3': 'read', '4': 'access' };
/** Bytes of a watchpoint at most. */
const MOST_WATCHED = 1 << 20;

/** `Z type,address,kind`; conditions and commands are not offered. */
export const insert: Handler = (context, rest) => change(context, rest, true);
export const remove: Handler = (context, rest) => change(context, rest, false);

function change({ target, breakpoints }: Context, rest: string, isInsert: boolean): string {
  const [type = '', where = '', size = '', ...more] = rest.split(/[,;]/);
  if (!/^[0-4]$/.test(type)) return '';
  const address = parseNumber(where);
  const length = parseCount(size);
  if (address === undefined || length === undefined || more.length > 0) return errors.invalid;
  const access = watched[type];
  if (access) {
    if (length < 1 || length > MOST_WATCHED || !fits(address, length)) return errors.invalid;
    if (isInsert) return target.setWatchpoint({ address, length, access }) ? 'OK' : errors.tooMany;
    target.clearWatchpoint({ address, length, access });
    return 'OK';
  }
  if (address % 4n !== 0n) return errors.invalid;
  const kinds = breakpoints.get(address) ?? new Set();
  if (isInsert) {
    if (kinds.size === 0 && !target.setBreakpoint(address)) return errors.tooMany;
    breakpoints.set(address, kinds.add(type));
  } else if (kinds.delete(type) && kinds.size === 0) {
    breakpoints.delete(address);
    target.clearBreakpoint(address);
  }
  return 'OK';
}
