import { expect, test } from 'vitest';
import { SplitRing } from './split-ring.ts';
import { memoryOf } from './test-driver.ts';

const SIZE = 4;
const [DESC, AVAIL, USED] = [0, 0x100, 0x200];

/** A ring whose descriptors are requests of a byte each, of which `available` were offered so far. */
function create() {
  const { ram, dma } = memoryOf(new Uint8Array(0x1000));
  const view = new DataView(ram.buffer, ram.byteOffset);
  for (let n = 0; n < SIZE; n++) view.setUint32(DESC + 16 * n + 8, 1, true);
  for (let n = 0; n < SIZE; n++) view.setUint16(AVAIL + 4 + 2 * n, n, true);
  const ring = new SplitRing(dma, SIZE);
  Object.assign(ring.state, { ready: 1, descLow: DESC, driverLow: AVAIL, deviceLow: USED });
  const offer = (available: number) => view.setUint16(AVAIL + 2, available, true);
  const take = () => {
    const chain = ring.take(false);
    return typeof chain === 'string' ? chain : chain.head;
  };
  return { ring, offer, take };
}

test('a driver cannot have more requests under way than there are descriptors', () => {
  const { ring, offer, take } = create();
  offer(SIZE);
  expect([take(), take(), take(), take(), take()]).toEqual([0, 1, 2, 3, 'empty']);
  // The same descriptors again, though none came back.
  offer(SIZE + 1);
  expect(take()).toBe('broken');
  ring.giveBack(0, 0, false);
  expect([take(), take()]).toEqual([0, 'empty']);
  offer(SIZE + 2);
  expect(take()).toBe('broken');
});
