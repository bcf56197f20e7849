/** Reading the counter is charged time; what is due meanwhile comes when it is due. */
import { expect, test } from 'vitest';
import { program, runToEnd } from './support/same-runs.ts';

const MRS_X0_CNTVCT = 0xd53b_e040;
const MRS_X1_CNTPCT = 0xd53b_e021;
const B_BACK_2 = 0x17ff_fffe;

test.each(['cold', 'hot', 'auto'] as const)('a guest that only polls ends its slices in time: %s', (exec) => {
  const bytes = new Uint8Array(Uint32Array.of(MRS_X0_CNTVCT, MRS_X1_CNTPCT, B_BACK_2).buffer);
  const { result } = runToEnd({ ...program(bytes), exec }, { timeoutNs: 3e6 });
  expect(result.outcome).toBe('timeout');
  // A round takes 203 ns, and ends at a checkpoint.
  expect(result.virtualNs).toBeGreaterThanOrEqual(3e6);
  expect(result.virtualNs).toBeLessThan(3e6 + 203);
  expect(result.instructions).toBeCloseTo((3 * result.virtualNs) / 203, -1);
  if (exec === 'hot') expect(result.tiers.hot / result.instructions).toBeGreaterThan(0.99);
});
