/** Whatever a guest gives the ITS: nothing of ours fails, and a snapshot has all of it. */
import { expect, test } from 'vitest';
import { full } from '../../../../tests/support/packages.ts';
import { createRandom } from '../../../base/random.ts';
import * as at from './test-its.ts';
import { createTestIts } from './test-its.ts';

// Short ones: what is mapped does not last long.
const ROUNDS = full ? 5_000 : 200;
const STEPS = 200;

test('random registers, tables and commands', { timeout: 300_000 }, () => {
  const counts = { raised: 0, stalled: 0 };
  for (let seed = 0; seed < ROUNDS; seed++) {
    const random = createRandom(seed, 'its');
    const below = (limit: number) => random.next() % limit;
    const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
    const chance = (oneIn: number) => below(oneIn) === 0;
    const { gic, its, ram, levels, write64, setRedistributor, queue, write, read, create } = createTestIts().mapped();

    /** Mostly in memory, sometimes at its end, sometimes anywhere. */
    const address = () => (chance(8) ? 2 ** below(52) : at.RAM + pick([0, 0, 0x1f_f000, below(0x200) * 0x1000]));
    const number = (size: number) => pick([below(8), below(32), size - 1, size, random.next()]);
    const register = () =>
      (BigInt(random.next() & 0xfff) | BigInt(address())) ^
      (BigInt(below(4)) << 62n) ^
      (chance(8) ? BigInt(random.next()) << 32n : 0n);
    const command = () =>
      [
        BigInt(pick([1, 3, 3, 3, 4, 8, 9, 10, 11, 12, 13, 14, 15, below(256)])) | (BigInt(number(0x1_0000)) << 32n),
        BigInt(number(32)) | (BigInt(8192 + number(0xe000)) << 32n),
        (chance(2) ? BigInt(address()) : BigInt(below(4)) | (BigInt(below(4)) << 16n)) | (BigInt(below(2)) << 63n),
        BigInt(below(4)) << 16n,
      ] as const;
    const acts = [
      () => write64(pick([at.CBASER, at.BASER0, at.BASER1]), register()),
      () => write64(8 * below(0x40), BigInt(random.next()) << BigInt(below(33))),
      () => write(at.CTLR, below(2)),
      () => write(at.CTLR, 1),
      () => setRedistributor(below(2), pick([0x70, 0x78]), register()),
      () => setRedistributor(below(2), 0, below(2)),
      () => ram.set(random.bytes(1 + below(64)), below(ram.length - 64)),
      () => {
        const level1 = (BigInt(address()) & ~0xfffn) | (BigInt(below(2)) << 63n);
        new DataView(ram.buffer).setBigUint64(8 * below(0x4000), level1, true);
      },
      () => its.message(number(0x1_0000), pick([at.TRANSLATER, at.TRANSLATER, below(0x2_0000) & ~3]), number(32)),
      () => gic.readRegister(below(2), 'ICC_IAR1_EL1'),
      () => gic.writeRegister(below(2), 'ICC_EOIR1_EL1', BigInt(8192 + below(64))),
    ];
    for (let n = 0; n < STEPS; n++) {
      if (chance(2)) pick(acts)();
      else {
        queue(command());
        write(at.CWRITER, (read(at.CREADR) + 32) & 0xfffe0);
      }
      if (read(at.CREADR) & 1) {
        counts.stalled++;
        write(at.CWRITER, read(at.CWRITER) | 1);
      }
      if (levels['0irq'] || levels['1irq']) counts.raised++;
    }
    const saved = gic.save();
    const second = create();
    second.restore(structuredClone(saved));
    expect(second.save()).toEqual(saved);
  }
  // It has been somewhere.
  expect(Math.min(counts.raised, counts.stalled)).toBeGreaterThan(ROUNDS);
});
