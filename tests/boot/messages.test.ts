/** Messages to the ITS become interrupts of the cores, in every tier and with cores that have threads. */
import { expect, test } from 'vitest';
import { testMachine } from '../support/machine.ts';
import { messagesTaken, sendsMessages } from './support/messages.ts';
import { runToEnd, sameRuns } from './support/same-runs.ts';

const MESSAGES = 4000;
/** With threads the first core spins until another thread has taken each. */
const MESSAGES_OF_THREADS = 200;

/** Each core's messages in order: even and odd events. */
function expected(messages: number): { count: number; mixed: bigint }[] {
  return [0, 1].map((core) => {
    let mixed = 0n;
    for (let n = core; n < messages; n += 2) {
      mixed = BigInt.asUintN(64, (mixed >> 7n) | (mixed << 57n)) ^ BigInt(8192 + (n % 32));
    }
    return { count: messages / 2, mixed };
  });
}

test('each is taken once, by its core, in order', () => {
  const { machine, result } = runToEnd(sendsMessages(MESSAGES));
  expect(result.outcome).toBe('poweroff');
  const { ram } = machine.hardware;
  expect(messagesTaken((pa, into) => ram.read(pa, into))).toEqual(expected(MESSAGES));
});

test('every tier makes the same run', () => {
  const { auto } = sameRuns(sendsMessages(MESSAGES));
  expect(auto).toBeGreaterThan(0.1);
});

test('cores with threads take them all', () => {
  const { machine } = testMachine({ config: { ...sendsMessages(MESSAGES_OF_THREADS), threads: 'auto' } });
  while (machine.runFor(1000) !== 'ended');
  expect(machine.result(0).outcome).toBe('poweroff');
  const { ram } = machine.hardware;
  expect(messagesTaken((pa, into) => ram.read(pa, into))).toEqual(expected(MESSAGES_OF_THREADS));
  machine.dispose();
});
