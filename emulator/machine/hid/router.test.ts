import { describe, expect, test } from 'vitest';
import type { HidAction, HidKind } from '../../base/hid.ts';
import { abs, ABS_MAX, btn, ev, rel } from '../../devices/virtio/input/event-codes.ts';
import { HidRouter } from './router.ts';

function route(kinds: HidKind[], ...actions: HidAction[]) {
  const router = new HidRouter(kinds);
  return actions.map((action) => {
    const found = router.route(action);
    return found && [kinds[found.device], ...found.events];
  });
}

const left = (down: boolean): HidAction => ({ kind: 'button', button: 'left', down });
const point: HidAction = { kind: 'point', x: 1, y: 0.5 };
const HALF = Math.round(ABS_MAX / 2);

test('keys go to the keyboard, wherever it stands', () => {
  expect(route(['mouse', 'keyboard'], { kind: 'key', key: 30, down: true })).toEqual([['keyboard', [ev.KEY, 30, 1]]]);
  expect(route(['mouse'], { kind: 'key', key: 30, down: true })).toEqual([undefined]);
});

test('of two pointers the one that was moved last has the buttons', () => {
  const move: HidAction = { kind: 'move', dx: -2, dy: 3 };
  expect(route(['tablet', 'mouse'], left(true), point, left(false), move, left(true), { kind: 'wheel', steps: -1 })).toEqual([
    ['mouse', [ev.KEY, btn.LEFT, 1]],
    ['tablet', [ev.ABS, abs.X, ABS_MAX], [ev.ABS, abs.Y, HALF]],
    ['tablet', [ev.KEY, btn.LEFT, 0]],
    ['mouse', [ev.REL, rel.X, -2], [ev.REL, rel.Y, 3]],
    ['mouse', [ev.KEY, btn.LEFT, 1]],
    ['mouse', [ev.REL, rel.WHEEL, -1]],
  ]);
});

describe('fingers', () => {
  test('have numbers, and the first and the last are told', () => {
    const touch = (contact: number): HidAction => ({ kind: 'touch', contact, x: 0, y: 1 });
    const at = [
      [ev.ABS, abs.MT_POSITION_X, 0],
      [ev.ABS, abs.MT_POSITION_Y, ABS_MAX],
    ];
    const slot = (contact: number) => [ev.ABS, abs.MT_SLOT, contact];
    const number = (value: number) => [ev.ABS, abs.MT_TRACKING_ID, value];
    const actions = [touch(3), touch(4), touch(3), { kind: 'lift', contact: 3 }, { kind: 'lift', contact: 4 }] as const;
    expect(route(['touch'], ...actions, { kind: 'lift', contact: 4 })).toEqual([
      ['touch', slot(3), number(3), ...at, [ev.KEY, btn.TOUCH, 1]],
      ['touch', slot(4), number(4), ...at],
      ['touch', slot(3), ...at],
      ['touch', slot(3), number(-1)],
      ['touch', slot(4), number(-1), [ev.KEY, btn.TOUCH, 0]],
      undefined,
    ]);
  });

  test('stand in for a pointer with its left button, and the other way round', () => {
    const slot = [ev.ABS, abs.MT_SLOT, 0];
    const at = [
      [ev.ABS, abs.MT_POSITION_X, ABS_MAX],
      [ev.ABS, abs.MT_POSITION_Y, HALF],
    ];
    expect(route(['touch'], point, left(true), point, left(false), { kind: 'button', button: 'right', down: true })).toEqual([
      undefined,
      ['touch', slot, [ev.ABS, abs.MT_TRACKING_ID, 0], ...at, [ev.KEY, btn.TOUCH, 1]],
      ['touch', slot, ...at],
      ['touch', slot, [ev.ABS, abs.MT_TRACKING_ID, -1], [ev.KEY, btn.TOUCH, 0]],
      undefined,
    ]);
    const finger = { kind: 'touch', contact: 0, x: 1, y: 0.5 } as const;
    const place = [
      [ev.ABS, abs.X, ABS_MAX],
      [ev.ABS, abs.Y, HALF],
    ];
    expect(route(['tablet'], finger, { ...finger, contact: 1 }, finger, { kind: 'lift', contact: 0 })).toEqual([
      ['tablet', ...place, [ev.KEY, btn.LEFT, 1]],
      undefined,
      ['tablet', ...place],
      ['tablet', [ev.KEY, btn.LEFT, 0]],
    ]);
  });
});

test('numbers that are none reach nothing', () => {
  const all: HidKind[] = ['keyboard', 'tablet', 'mouse', 'touch'];
  const bad: HidAction[] = [
    { kind: 'key', key: 1.5, down: true },
    { kind: 'move', dx: NaN, dy: 0 },
    { kind: 'wheel', steps: Infinity },
    { kind: 'touch', contact: 10, x: 0, y: 0 },
    { kind: 'touch', contact: -1, x: 0, y: 0 },
  ];
  expect(route(all, ...bad)).toEqual(bad.map(() => undefined));
});

test('what happens at one device at one time is one report', () => {
  const actions = [
    { afterNs: 0, action: { kind: 'move', dx: 1, dy: 1 } },
    { afterNs: 0, action: { kind: 'wheel', steps: 1 } },
    { afterNs: 5, action: left(true) },
  ] as const;
  expect(new HidRouter(['mouse']).routeAll(actions)).toEqual([
    {
      afterNs: 0,
      hid: {
        device: 0,
        events: [
          [ev.REL, rel.X, 1],
          [ev.REL, rel.Y, 1],
          [ev.REL, rel.WHEEL, 1],
        ],
      },
    },
    { afterNs: 5, hid: { device: 0, events: [[ev.KEY, btn.LEFT, 1]] } },
  ]);
});
