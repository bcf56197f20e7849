import { expect, test } from 'vitest';
import { testMachine } from '../../tests/support/machine.ts';

test('cells are refused by name', () => {
  const cells = { cells: [], channels: [], budgets: [] } as never;
  expect(() => testMachine({ config: { cells } })).toThrow(/cells under the hypervisor do not run in this version/);
});
