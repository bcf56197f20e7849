import type { Dice } from '../../test-dice.ts';
import { AVAIL, BANK, DESC, INDIRECT, NEXT, Q, R, SIZE, USED, WRITE, type TestDriver } from '../test-driver.ts';
import type { Target } from './targets.ts';

const [BUFFER, TABLE] = [0x4000, 0x9000];
const CONFIG = 0x100;
/** Loops, an odd end, a table in a table. */
const flags = [0, NEXT, WRITE, WRITE, NEXT | WRITE, INDIRECT, INDIRECT | NEXT, 7, 0xffff];
const lengths = [0, 1, 4, 8, 12, 16, 48, 512, 1526, 4096, 0x1_0000, 0x7fff_ffff, 0xffff_ffff];

/** What one hostile driver does, from its features on: some of it is right, so that devices come to do something. */
export function attack(t: TestDriver, target: Target, dice: Dice): void {
  const end = BANK * t.queues.length;
  const within = [BUFFER, TABLE, DESC, AVAIL, USED, USED + 2, end - 4, end - 1];
  const outside = [end, 0x4000_0000, 0x7fff_ffff, 2 ** 32 - 1, 2 ** 40, 2 ** 53, 2 ** 63, 2 ** 64 - 2048];
  const address = () => (dice.oneIn(4) ? dice.pick(outside) : dice.pick(within) + BANK * dice.upTo(t.queues.length));

  t.start();
  if (dice.oneIn(4)) setUpBadly();
  for (const queue of t.queues) describe(t.bankOf(queue));
  const rounds = 1 + dice.upTo(4);
  for (let round = 0; round < rounds; round++) {
    const queue = dice.pick(t.queues);
    if (dice.oneIn(10)) t.view.setUint16(t.availOf(queue) + 2, dice.word() & 0xffff, true);
    t.submit(dice.pick([0, 0, 2, dice.upTo(SIZE + 2), 0xffff]), queue);
    if (dice.oneIn(16)) for (let n = 0; n < 50; n++) t.write(Q.NOTIFY, dice.pick([queue, dice.upTo(70), dice.word()]));
    target.outside?.(dice);
    if (dice.oneIn(3)) t.clock.advance(dice.pick([1, 1000, 1e6, 1e9]));
    if (dice.oneIn(8)) meddle(queue);
  }
  t.clock.advance(1e9);

  /** Rings that lie over each other, outside of RAM, or have other sizes. */
  function setUpBadly(): void {
    t.write(R.STATUS, 0);
    t.write(R.STATUS, 3);
    t.write(R.DRIVER_FEATURES_SEL, dice.upTo(3));
    t.write(R.DRIVER_FEATURES, dice.word());
    t.write(R.DRIVER_FEATURES_SEL, 1);
    t.write(R.DRIVER_FEATURES, 1);
    t.write(R.STATUS, 11);
    for (const queue of t.queues) {
      t.write(Q.SEL, queue);
      t.write(Q.NUM, dice.pick([SIZE, SIZE, 1, 2, 128, 256, 0, 7, dice.word()]));
      for (const part of [Q.DESC, Q.AVAIL, Q.USED]) {
        const pa = dice.oneIn(8) ? dice.word() : address() & ~15;
        t.write(part, pa >>> 0);
        t.write(part + 4, dice.oneIn(16) ? dice.word() : 0);
      }
      t.write(Q.READY, 1);
    }
    t.write(R.STATUS, 15);
  }

  function describe(bank: number): void {
    const header = dice.pick([...(target.headers ?? []), new Uint8Array(16)]);
    t.ram.set(header, bank + BUFFER);
    const [room, used] = [dice.pick([1, 13, 512, 513, 1600, 4096]), dice.pick([header.length, 64, 512 + header.length])];
    t.describeAt(bank + DESC, 0, bank + BUFFER, used, NEXT, 1);
    t.describeAt(bank + DESC, 1, bank + BUFFER + 0x1000, room, WRITE);
    t.describeAt(bank + DESC, 2, bank + BUFFER + 0x2000, room, dice.pick([0, WRITE]));
    for (let count = dice.upTo(8); count > 0; count--) {
      const table = bank + dice.pick([DESC, DESC, TABLE]);
      const length = dice.oneIn(8) ? dice.word() : dice.pick(lengths);
      t.describeAt(table, dice.upTo(SIZE), address(), length, dice.pick(flags), dice.upTo(SIZE + 2));
    }
  }

  function meddle(queue: number): void {
    const value = dice.pick([0, 1, 7, 0xffff_ffff, dice.word()]);
    switch (dice.upTo(6)) {
      case 0:
        return t.write(R.STATUS, dice.pick([0, 3, 4, 11, 15, 128, value]));
      case 1:
        t.write(Q.SEL, queue);
        return t.write(dice.pick([Q.READY, Q.NUM, Q.DESC, Q.AVAIL, Q.USED, Q.PFN]), value);
      case 2:
        return t.mmio.write(CONFIG + dice.upTo(0x100), 1, value & 0xff);
      case 3:
        t.mmio.read(CONFIG + 4 * dice.upTo(0x40), 4);
        return;
      case 4:
        return t.mmio.restore(t.mmio.save());
      default:
        return t.write(4 * dice.upTo(0x40), value);
    }
  }
}
