import { expect, test } from 'vitest';
import { SporadicServer } from './sporadic-server.ts';

test('going to sleep is paid from the work that it ends', () => {
  const server = new SporadicServer(100, 30);
  server.wake(50);
  server.use(20, 70);
  server.block(70);
  server.use(5, 75);
  server.wake(149);
  expect(server.availableNs(149)).toBe(30);
  server.use(5, 154);
  // 5 were there, and 25 came back at 150.
  expect(server.availableNs(154)).toBe(25);
});

test('does not begin with too little while more is on its way back', () => {
  const server = new SporadicServer(100, 30, 10);
  server.wake(0);
  server.use(25, 25);
  server.block(25);
  server.wake(95);
  expect([server.availableNs(95), server.readyAtNs(), server.availableNs(100)]).toEqual([0, 100, 30]);
});

test('a debt may leave too little to begin with', () => {
  const server = new SporadicServer(100, 40, 10);
  server.wake(0);
  server.use(25, 25);
  server.block(25);
  server.wake(50);
  server.use(15, 65);
  // 25 come back at 100 and 15 at 150. A debt of 20 leaves 5 of the first.
  server.use(20, 105);
  expect([server.availableNs(105), server.readyAtNs(), server.availableNs(150)]).toEqual([0, 150, 20]);
});

test('sleeps more often than it has pieces, and gets all of its budget back', () => {
  const server = new SporadicServer(1000, 100);
  for (let n = 0; n < 40; n++) {
    server.wake(10 * n);
    server.use(1, 10 * n + 1);
    server.block(10 * n + 1);
  }
  server.wake(1400);
  expect(server.availableNs(1400)).toBe(100);
});
