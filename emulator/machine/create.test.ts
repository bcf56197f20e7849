import { expect, test } from 'vitest';
import { createMachine } from './create.ts';

test('cells are refused by name', () => {
  const cells = { cells: [], channels: [], budgets: [] };
  expect(() => createMachine({ cells } as never, {} as never, new Uint8Array(), {} as never, {} as never)).toThrow(
    /cells under the hypervisor do not run in this version/,
  );
});
