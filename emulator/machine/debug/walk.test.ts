/** The walk that explains against the one that the guest's accesses take, with random tables and controls. */
import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { translate } from '../../debug/translation/walk.ts';
import { testMachine } from '../../../tests/support/machine.ts';
import type { Core } from '../core.ts';

const RAM = 0x4000_0000;
const TABLES = 64;
const CASES = 20_000;

test('both walks agree on every address', () => {
  const { machine } = testMachine({
    config: { boot: { loads: [{ bytes: new Uint8Array(4), address: RAM, name: 'x' }], entry: RAM } },
  });
  const { runtime, cores, ram } = machine.hardware;
  const [core] = cores as [Core];
  const random = createRandom(1, 'walks');
  const any = (below: number): number => random.next() % below;
  const counts = { mapped: 0, faults: 0, deep: 0 };

  for (let n = 0; n < CASES; n++) {
    if (n % 200 === 0) {
      // Tables that mostly lead to each other, with pages and blocks of RAM, and some that lead to nowhere.
      for (let table = 0; table < TABLES; table++) {
        const bytes = new Uint8Array(4096);
        const view = new DataView(bytes.buffer);
        for (let entry = 0; entry < 512; entry++) view.setBigUint64(entry * 8, descriptor(any), true);
        ram.write(RAM + 0x10_0000 + table * 4096, bytes);
      }
      const tg0 = any(4);
      const tg1 = any(4);
      const bits = [16 + any(25), tg0, 16 + any(25), tg1, any(8), any(2), any(2), any(12) === 0 ? 1 : 0] as const;
      const [t0sz, , t1sz, , ips, tbi0, tbi1, epd] = bits;
      const tcr =
        BigInt(t0sz) |
        (BigInt(epd) << 7n) |
        (BigInt(tg0) << 14n) |
        (BigInt(t1sz) << 16n) |
        (BigInt(tg1) << 30n) |
        (BigInt(ips) << 32n) |
        (BigInt(tbi0) << 37n) |
        (BigInt(tbi1) << 38n);
      core.set64('TCR_EL1', tcr);
      for (const name of ['TTBR0_EL1', 'TTBR1_EL1']) core.set64(name, BigInt(RAM + 0x10_0000 + any(TABLES) * 4096));
      core.set64('MAIR_EL1', 0xff44_0400n);
      core.set64('SCTLR_EL1', BigInt(any(10) > 0 ? 1 : 0) | (BigInt(any(2)) << 19n));
      runtime.tlbiAll(core.pointer, 0);
    }
    const wide = BigInt(any(2 ** 31)) | (BigInt(any(2 ** 17)) << 31n);
    const low = any(8) === 0 ? wide : BigInt.asUintN(64 - Number(core.get64('TCR_EL1') & 63n), wide);
    const va = BigInt.asUintN(64, any(2) === 0 ? low : any(4) === 0 ? low | (BigInt(any(256)) << 56n) : low | (-1n << 48n));
    const access = any(3);
    const user = any(2);
    const expected = BigInt.asIntN(64, runtime.explainAddress(core.pointer, va, access, user));
    const names = ['read', 'write', 'execute'] as const;
    const { memory, paBits } = machine.inspect();
    const found = translate(core, memory, paBits, va, 1, { access: names[access] as 'read', user: user === 1 });
    expect(found.pa ?? -1n, `case ${n}: ${va.toString(16)} ${names[access]} ${user}`).toBe(expected);
    if (found.pa === undefined) counts.faults++;
    else counts.mapped++;
    if ((found.stages[0]?.steps.length ?? 0) > 2) counts.deep++;
  }
  // A test that met nothing but faults would say nothing.
  expect(counts.mapped).toBeGreaterThan(CASES / 50);
  expect(counts.faults).toBeGreaterThan(CASES / 50);
  expect(counts.deep).toBeGreaterThan(CASES / 50);
});

function descriptor(any: (below: number) => number): bigint {
  const kind = any(20) === 0 ? any(4) : any(10) === 0 ? 1 : 3;
  const high = (BigInt(any(32)) << 59n) | (BigInt(any(4)) << 53n);
  const rights = BigInt(any(4)) << 6n;
  const flag = any(12) === 0 ? 0n : 1n << 10n;
  const address = any(12) === 0 ? BigInt(any(2 ** 31)) << 13n : BigInt(RAM + 0x10_0000 + any(TABLES) * 4096);
  return (
    (any(3) === 0 ? high : 0n) |
    rights |
    flag |
    (BigInt(any(4)) << 2n) |
    (BigInt(any(4)) << 8n) |
    (address & ~0xfffn) |
    BigInt(kind)
  );
}
