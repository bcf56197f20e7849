import { createRandom } from '../../base/random.ts';
import type { VirtioDevice } from './device.ts';

/** A request may ask for more than there is RAM: it gets this much. */
const MAX_BYTES = 0x1_0000;

/** Entropy (virtio 1.2 §5.4) from the machine's seed, so that runs can be repeated. */
export function createVirtioRng({ seed, latencyNs = 1000 }: { seed: number; latencyNs?: number }): VirtioDevice {
  const random = createRandom(seed, 'virtio-rng');
  return {
    id: 4,
    features: 0n,
    queueSizes: [8],
    config: new Uint8Array(),
    notify(queue) {
      for (let chain = queue.take(); chain; chain = queue.take()) {
        const count = Math.min(chain.writable, MAX_BYTES);
        if (!chain.write(0, random.bytes(count))) return queue.fail();
        queue.complete(chain, count, latencyNs);
      }
    },
    // What was given out once is not given again.
    reset() {},
    save: () => ({ random: random.save() }),
    restore: (state) => random.restore(state['random'] as number[]),
  };
}
