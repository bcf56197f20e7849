/** Keyboard and mouse, with the names and arguments that QEMU's monitor has. */
import type { HidAction, HidButton, HidKind } from '../../../base/hid.ts';
import { chord } from '../../../base/key-sequence.ts';
import { UserError } from '../../../base/user-error.ts';
import type { MonitorCommand, MonitorContext } from '../command.ts';
import type { MonitorAnswer } from '../target.ts';

const MOST_HOLD_MS = 60_000;
/** Bits of `mouse_button`, and the order in which buttons change, as QEMU has them. */
const buttonBits: readonly (readonly [bit: number, button: HidButton])[] = [
  [1, 'left'],
  [4, 'middle'],
  [2, 'right'],
];

const now = (...actions: HidAction[]): MonitorAnswer => ({
  text: '',
  action: { actions: actions.map((action) => ({ afterNs: 0, action })) },
});

function require(inputs: readonly HidKind[], what: string, ...kinds: HidKind[]): void {
  if (kinds.some((kind) => inputs.includes(kind))) return;
  throw new UserError('no-input-device', `the machine has no ${what}`, { hint: `run --input ${kinds[0]}` });
}

function whole(text: string, what: string): number {
  const value = /^[+-]?(\d+|0x[\da-f]+)$/i.test(text) ? Number(text) : NaN;
  if (Math.abs(value) <= 0x7fff_ffff) return value;
  throw new UserError('bad-number', `${JSON.stringify(text)} is not ${what}`, { hint: 'a whole number' });
}

export const sendkey: MonitorCommand = {
  names: ['sendkey'],
  usage: 'sendkey KEYS [HOLD_MS]',
  summary: 'presses keys together, such as ret or ctrl-alt-f1',
  run(context, [keys, hold]) {
    require(context.target.inputs, 'keyboard', 'keyboard');
    if (keys === undefined) throw new UserError('no-key', 'a key is needed', { hint: 'sendkey ctrl-alt-f1' });
    const holdMs = hold === undefined ? undefined : context.count(hold, 0, MOST_HOLD_MS);
    return { text: '', action: { actions: chord(keys, holdMs === undefined ? undefined : holdMs * 1e6) } };
  },
};

export const mouseMove: MonitorCommand = {
  names: ['mouse_move'],
  usage: 'mouse_move DX DY [DZ]',
  summary: 'moves the mouse by steps, and its wheel by one to where DZ points',
  run({ target }, [dx, dy, dz = '0']) {
    require(target.inputs, 'mouse', 'mouse');
    if (dx === undefined || dy === undefined)
      throw new UserError('no-move', 'two numbers are needed', { hint: 'mouse_move 10 -5' });
    const wheel = Math.sign(whole(dz, 'a direction of the wheel'));
    const move = { kind: 'move', dx: whole(dx, 'a move'), dy: whole(dy, 'a move') } as const;
    return now(move, ...(wheel === 0 ? [] : [{ kind: 'wheel', steps: wheel } as const]));
  },
};

export const mouseButton: MonitorCommand = {
  names: ['mouse_button'],
  usage: 'mouse_button STATE',
  summary: 'the buttons that are down: 1 left, 2 right, 4 middle, and their sums',
  run({ target, state }: MonitorContext, [text = '']) {
    require(target.inputs, 'mouse', 'mouse', 'tablet', 'touch');
    const bits = whole(text, 'a state of the buttons');
    const changed = buttonBits.filter(([bit]) => (bits & bit) !== (state.buttons & bit));
    state.buttons = bits;
    return now(...changed.map(([bit, button]) => ({ kind: 'button', button, down: (bits & bit) !== 0 }) as const));
  },
};
