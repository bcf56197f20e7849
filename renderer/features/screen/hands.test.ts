import { expect, test } from 'vitest';
import type { HandsAction } from '../../../main/contract/index.ts';
import { Hands } from './hands.ts';

function create() {
  const sent: HandsAction[][] = [];
  return { sent, hands: new Hands((actions) => sent.push(actions)) };
}
const mouse = { pointerType: 'mouse', pointerId: 1 };
const finger = (pointerId: number) => ({ pointerType: 'touch', pointerId, button: 0 });
const [here, there] = [
  { x: 0.1, y: 0.2 },
  { x: 0.3, y: 0.4 },
];

test('keys go down once, and up once', () => {
  const { hands, sent } = create();
  for (const down of [true, true, false, false]) hands.key('KeyA', down);
  hands.key('', true);
  expect(sent).toEqual([[{ kind: 'key', code: 'KeyA', down: true }], [{ kind: 'key', code: 'KeyA', down: false }]]);
});

test('of many moves the last counts, and it comes before what is pressed', () => {
  const { hands, sent } = create();
  hands.flush();
  hands.move(mouse, here);
  hands.move(mouse, there);
  hands.flush();
  hands.moveBy(1, 2);
  hands.moveBy(-3, 4);
  hands.press({ ...mouse, button: 2 }, undefined);
  expect(sent).toEqual([
    [{ kind: 'point', ...there }],
    [
      { kind: 'move', dx: -2, dy: 6 },
      { kind: 'button', button: 'right', down: true },
    ],
  ]);
});

test('fingers have numbers while they are down', () => {
  const { hands, sent } = create();
  hands.press(finger(70), here);
  hands.press(finger(71), here);
  hands.move(finger(71), there);
  hands.flush();
  hands.release(finger(70));
  hands.press(finger(72), there);
  hands.move(finger(99), there);
  hands.flush();
  expect(sent).toEqual([
    [{ kind: 'touch', contact: 0, ...here }],
    [{ kind: 'touch', contact: 1, ...here }],
    [{ kind: 'touch', contact: 1, ...there }],
    [{ kind: 'lift', contact: 0 }],
    [{ kind: 'touch', contact: 0, ...there }],
  ]);
});

test('a wheel goes by whole steps', () => {
  const { hands, sent } = create();
  for (const delta of [60, 60, -320]) hands.wheel(delta);
  expect(sent).toEqual([[{ kind: 'wheel', steps: -1 }], [{ kind: 'wheel', steps: 3 }]]);
});

test('nothing stays down when the focus goes', () => {
  const { hands, sent } = create();
  hands.key('ShiftLeft', true);
  hands.press({ ...mouse, button: 0 }, here);
  hands.press(finger(5), here);
  sent.length = 0;
  hands.releaseAll();
  hands.releaseAll();
  hands.release({ ...mouse, button: 0 });
  expect(sent).toEqual([
    [
      { kind: 'key', code: 'ShiftLeft', down: false },
      { kind: 'button', button: 'left', down: false },
      { kind: 'lift', contact: 0 },
    ],
  ]);
});
