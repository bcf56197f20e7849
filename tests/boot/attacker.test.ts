/** The guest resources/guests/attacker alone on a machine: whatever it tries ends as an answer or an exception of its own, never as one of ours. */
import { expect, test } from 'vitest';
import type { MachineConfig } from '../../emulator/machine/types.ts';
import { full } from '../support/packages.ts';
import { guestLines } from './support/guest-lines.ts';
import { visible } from './support/same-runs.ts';

/** With devices whose rings it can point elsewhere. */
function attack(tries: number, seed: number, config: Partial<MachineConfig> = {}) {
  const drives = [{ name: 'disk', image: new SharedArrayBuffer(1 << 20), readOnly: false }];
  const { lines, result } = guestLines('attacker', `${tries} ${seed}`, { config: { rng: true, drives, ...config } });
  expect(result.error?.message, lines.join('\n')).toBeUndefined();
  expect(result.outcome, lines.join('\n')).toBe('poweroff');
  const outcomes = new Map(lines.map((line) => [line.split(' ')[0], line] as const));
  const [, all, interrupts, code] = /^attacker done: (\d+) tries, (\d+) interrupts, code (\w+)$/.exec(lines.at(-1) ?? '') ?? [];
  return { outcomes, all: Number(all), interrupts: Number(interrupts), code, result };
}

test('a million tries', () => {
  const { outcomes, all, interrupts, code } = attack(160_000, 1);
  expect(all).toBeGreaterThan(1e6);
  expect(interrupts).toBeGreaterThan(10_000);
  expect(code).toBe('intact');
  // What is not there is an abort; devices that are may be read.
  expect(outcomes.get('load')).toMatch(/ data-abort \d{6}/);
  expect(outcomes.get('jump')).toMatch(/ instruction-abort \d{5}/);
  expect(outcomes.get('call')).toMatch(/ refused \d{5}/);
  expect(outcomes.get('ring')).toMatch(/ done \d{3}/);
  expect(outcomes.get('write-register')).toMatch(/ undefined \d{5}/);
});

test.each(Array.from({ length: full ? 40 : 4 }, (_, n) => n + 2))('seed %i, by version 2 of the GIC in turn with 3', (seed) => {
  expect(attack(2000, seed, { gic: seed % 2 === 0 ? 2 : 3 })).toMatchObject({ all: 12_781, code: 'intact' });
});

test('all tiers are the same run', () => {
  const [cold, auto, hot] = (['cold', 'auto', 'hot'] as const).map((exec) => visible(attack(1000, 7, { exec }).result));
  expect(auto).toEqual(cold);
  expect(hot).toEqual(cold);
});
