import { expect, test } from 'vitest';
import { fittingScale, nextTurn, turned, unturn, unturnStep, type Turn } from './view.ts';

test('a picture fits its place, turned or not', () => {
  const picture = { width: 400, height: 200 };
  expect(fittingScale(picture, { width: 600, height: 600 }, 0)).toBe(1.5);
  expect(fittingScale(picture, { width: 600, height: 600 }, 90)).toBe(1.5);
  expect(fittingScale(picture, { width: 200, height: 600 }, 90)).toBe(1);
  expect(fittingScale(picture, { width: 1100, height: 1100 }, 0), 'whole multiples').toBe(2);
  expect(fittingScale({ width: 0, height: 0 }, { width: 10, height: 10 }, 0)).toBe(1);
  expect(turned(picture, 270)).toEqual({ width: 200, height: 400 });
});

test.each<[Turn, number, number]>([
  [0, 0.25, 0.1],
  [90, 0.1, 0.75],
  [180, 0.75, 0.9],
  [270, 0.9, 0.25],
])('turned by %i, a place is found again', (turn, x, y) => {
  expect(unturn(0.25, 0.1, turn)).toEqual({ x, y });
});

test.each<[Turn, number, number]>([
  [0, 3, 1],
  [90, 1, -3],
  [180, -3, -1],
  [270, -1, 3],
])('turned by %i, a step goes the same way', (turn, dx, dy) => {
  expect(unturnStep(3, 1, turn)).toEqual({ dx, dy });
  // As far as two places are apart.
  const [from, to] = [unturn(0.2, 0.2, turn), unturn(0.5, 0.3, turn)];
  expect(Math.sign(to.x - from.x)).toBe(Math.sign(dx));
  expect(Math.sign(to.y - from.y)).toBe(Math.sign(dy));
});

test('what lies outside is at the edge', () => {
  expect(unturn(-1, 7, 0)).toEqual({ x: 0, y: 1 });
  expect([0, 90, 180, 270].map((turn) => nextTurn(turn as Turn))).toEqual([90, 180, 270, 0]);
});
