import { expect, test } from 'vitest';
import type { MonitorContext } from '../command.ts';
import type { IdleRows } from '../target.ts';
import { idle } from './idle.ts';

const lines = (rows: IdleRows | undefined): readonly string[] =>
  idle({ target: { idle: () => rows, status: () => ({ state: 'running', virtualNs: 2e9, instructions: 1 }) } } as MonitorContext);

test('says how cores sleep, what woke them, and what will', () => {
  const timer = { cell: 'linux', cpu: 0, cause: 'virtual timer' };
  const cores = [{ runNs: 6e6, overheadNs: 4e6, idleNs: 1.99e9 }];
  expect(lines({ cores, wakeUps: [{ ...timer, count: 12 }], next: { ...timer, cause: 'a timer', atNs: 2.0045e9 } })).toEqual([
    'core 0: asleep 99.500 %, in guests 0.300 %, in the hypervisor 0.200 %',
    '      12 wake-ups: linux, vCPU 0: virtual timer',
    'next: linux, vCPU 0: a timer, in 4.500 ms',
  ]);
  expect(lines({ cores, wakeUps: [], next: undefined }).at(-1)).toBe('next: nothing is due');
});

test('a machine without cells has nothing to say', () => {
  expect(() => lines(undefined)).toThrow(/no cells/);
});
