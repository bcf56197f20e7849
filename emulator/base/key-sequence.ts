import type { TimedHidAction } from './hid.ts';
import { keyByName } from './keys.ts';
import { UserError } from './user-error.ts';

/** Between one event of a key and the next, where nothing else is asked for: QEMU's. */
const EVENT_NS = 10_000_000;

/**
 * Keys that are pressed together, as QEMU's `sendkey` has them (`ctrl-alt-f1`): down in order, up in the opposite one, a time between each two.
 * Throws a `UserError` for a name that is none.
 */
export function chord(text: string, holdNs = EVENT_NS): TimedHidAction[] {
  const keys = text.split('-').map((name) => {
    const key = keyByName(name);
    if (key !== undefined) return key;
    throw new UserError('unknown-key', `there is no key ${JSON.stringify(name)}`, {
      hint: 'such as a, ret, spc, f1, up, ctrl-alt-delete',
    });
  });
  const events = [...keys.map((key) => ({ key, down: true })), ...keys.toReversed().map((key) => ({ key, down: false }))];
  return events.map((event, n) => ({ afterNs: n * holdNs, action: { kind: 'key', ...event } }));
}

/** Chords one after the other: `l s ret`. */
export function keySequence(text: string): TimedHidAction[] {
  const chords = text
    .trim()
    .split(/\s+/)
    .map((each) => chord(each));
  let startNs = 0;
  return chords.flatMap((events) => {
    const moved = events.map(({ afterNs, action }) => ({ afterNs: startNs + afterNs, action }));
    startNs += events.length * EVENT_NS;
    return moved;
  });
}
