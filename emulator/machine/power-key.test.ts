import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testMachine } from '../../tests/support/machine.ts';
import type { Machine } from './machine.ts';

const hello = readFileSync(new URL('../../resources/guests/hello/hello.elf', import.meta.url));
/** GPIODATA of the PL061 at 0x0903_0000, masked to pin 3. */
const PIN_3 = 0x0903_0000 + (1 << (3 + 2));

function runUntil(machine: Machine, ns: number): void {
  while (machine.runFor(1000, { untilNs: ns }) === 'busy');
}

test('the power key is held for a tenth of a second, and is part of the log', () => {
  const { machine } = testMachine({ config: { boot: { kernel: hello, loads: [] } } });
  const level = (): bigint | undefined => machine.hardware.bus.read(PIN_3, 4);
  runUntil(machine, 10e6);
  expect(level()).toBe(0n);
  machine.pressPowerKey();
  runUntil(machine, 50e6);
  expect(level()).toBe(8n);
  runUntil(machine, 200e6);
  expect(level()).toBe(0n);

  const { input } = machine.result(0);
  expect(input).toMatchObject([{ key: 'power' }]);
  const { machine: again } = testMachine({ config: { boot: { kernel: hello, loads: [] } }, script: { replay: input } });
  runUntil(again, 200e6);
  expect(again.stateHash()).toBe(machine.stateHash());
});
