/** A guest that tries every system register there could be has no handlers for all of them, and takes no other memory for it. */
import { expect, test } from 'vitest';
import { Guest } from './support/stress/guest.ts';
import { pickFrom } from './support/branchy.ts';
import { functionPages, imageOf, powerOff, setUp } from './support/stress/program.ts';
import { program, runToEnd, visible } from './support/same-runs.ts';

const MRS_X1 = 0xd530_0001;
const REGISTERS = 1 << 15;

test('MRS of all encodings', () => {
  const pick = pickFrom(1);
  const guest = new Guest(pick, functionPages(pick));
  const { a } = guest;
  setUp(guest, undefined);
  a.mov(26, MRS_X1);
  a.adr(11, 'site');
  guest.times(24, REGISTERS - 1, () => {
    a.orr(9, 26, 24, 5);
    a.strw(9, 11);
    guest.synchronize(11);
    a.label('site');
    a.nop();
  });
  powerOff(guest);
  const bytes = imageOf(guest);
  const cold = runToEnd({ ...program(bytes), exec: 'cold' }, { timeoutNs: 2e9 }).result;
  expect(cold.outcome).toBe('poweroff');
  expect(cold.tiers.modules).toBeLessThan(1000);
  // Some regions live while all registers pass by.
  const tuning = { interval: 5000, longestInterval: 5000, hotSamples: 2, batch: 1, patience: 1, leastInstructions: 1 };
  const auto = runToEnd({ ...program(bytes), exec: 'auto', tuning }, { timeoutNs: 2e9 }).result;
  expect(visible(auto)).toEqual(visible(cold));
  expect(auto.tiers.hot).toBeGreaterThan(0);
});
