/** What every device owes (device.ts), whatever the guest does. A new device is one line in `devices`. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Device, Dma } from './device.ts';
import { createCfiFlash } from './cfi-flash/cfi-flash.ts';
import { createFwCfg } from './fw-cfg/fw-cfg.ts';
import { createGicV3 } from './gicv3/gicv3.ts';
import { createPl011 } from './pl011/pl011.ts';
import { createPl031 } from './pl031/pl031.ts';
import { createPl061 } from './pl061/pl061.ts';
import { createRadio } from './radio/radio.ts';
import { createVirtioBlock } from './virtio/block.ts';
import { createVirtioGpu } from './virtio/gpu/gpu.ts';
import { createVirtioInput } from './virtio/input/input.ts';
import { createVirtioMmio } from './virtio/mmio.ts';
import { HostBridge } from './pcie/host-bridge.ts';
import { createVirtioPci } from './virtio/pci/pci.ts';
import { Surface } from '../screen/surface.ts';
import { TestClock } from './test-clock.ts';

const MEMORY_BYTES = 0x1000;
const irq = { set: () => {} };
/** RAM that is full of small numbers, so that rings in it look plausible. */
const dma: Dma = { read: (pa, into) => (into.fill(pa & 3), true), write: (pa) => pa < 0x4000_0000 };

/** Devices whose contents lie with the machine get them as `memory`, and keep them over snapshots and resets. */
const devices: Record<string, { create(memory: Uint8Array): Device; window: number }> = {
  'cfi-flash': {
    create: (bytes) => createCfiFlash({ bytes, sectorBytes: 0x100, onArrayMode: () => {}, onChange: () => {} }),
    window: MEMORY_BYTES,
  },
  'fw-cfg': {
    create: () => {
      const files = [{ name: 'etc/a', bytes: new Uint8Array(8), onWrite: () => {} }];
      return createFwCfg({ dma, cpus: 1, files });
    },
    window: 0x18,
  },
  'gicv3-its': {
    create: () => {
      const output = () => ({ set: () => {} });
      return createGicV3({ cores: 2, spis: 32, affinity: (core) => core, currentCore: () => 0, output, lpiMemory: dma }).its!;
    },
    window: 0x2_0000,
  },
  pl011: { create: () => createPl011({ irq, onTransmit: () => {} }), window: 0x1000 },
  pl031: { create: () => createPl031({ irq, clock: new TestClock(), baseSeconds: 1e9 }), window: 0x1000 },
  radio: { create: () => createRadio({ irq, clock: new TestClock() }), window: 0x1000 },
  'virtio-mmio': {
    create: () => {
      const device = createVirtioBlock({ image: new SharedArrayBuffer(4096), readOnly: false, serial: '', onWrite: () => {} });
      return createVirtioMmio({ irq, dma, clock: new TestClock(), device });
    },
    window: 0x200,
  },
  // Configuration space of a device, and behind it its windows as soon as they are enabled.
  pcie: {
    create: () => {
      const device = createVirtioBlock({ image: new SharedArrayBuffer(4096), readOnly: false, serial: '', onWrite: () => {} });
      const bridge = new HostBridge({ windows: { io: 0, low: 0, high: 0 }, interrupts: [], messages: { send: () => {} } });
      bridge.plug(0, (upstream) => createVirtioPci({ upstream, dma, clock: new TestClock(), device, transitional: true }));
      const spaceOf = (offset: number): Device => [bridge.ecam, bridge.io, bridge.low][offset >> 12] ?? bridge.high;
      return {
        ...bridge.ecam,
        read: (offset, size) => spaceOf(offset).read(offset % 0x1000, size),
        write: (offset, size, value) => spaceOf(offset).write(offset % 0x1000, size, value),
      };
    },
    window: 0x4000,
  },
  'virtio-mmio (gpu)': {
    create: () => {
      const outputs = [{ surface: new Surface(), width: 640, height: 480 }];
      return createVirtioMmio({ irq, dma, clock: new TestClock(), device: createVirtioGpu({ dma, outputs }) });
    },
    window: 0x200,
  },
  'virtio-mmio (input)': {
    create: () => createVirtioMmio({ irq, dma, clock: new TestClock(), device: createVirtioInput({ kind: 'keyboard' }) }),
    window: 0x200,
  },
  pl061: { create: () => createPl061({ irq }), window: 0x1000 },
};

const size = fc.constantFrom(1 as const, 2 as const, 4 as const);
const accesses = (window: number) =>
  fc.array(
    fc.record({
      // Small windows are dense near their start.
      offset: fc.oneof(fc.nat(0x1f), fc.nat(0x7f), fc.nat(window - 1)),
      size,
      value: fc.oneof(fc.nat(0xff), fc.nat(0xffff_ffff)),
      write: fc.boolean(),
    }),
    { maxLength: 60 },
  );

function apply(device: Device, list: { offset: number; size: 1 | 2 | 4; value: number; write: boolean }[]) {
  return list.map((access) => {
    const offset = access.offset & ~(access.size - 1);
    if (!access.write) return device.read(offset, access.size);
    device.write(offset, access.size, access.value % 2 ** (8 * access.size));
    return undefined;
  });
}

describe.each(Object.entries(devices))('%s', (kind, { create: createWith, window }) => {
  const create = (memory = new Uint8Array(MEMORY_BYTES)) => createWith(memory);

  test('answers any access with an unsigned value of its size, and never throws', () => {
    fc.assert(
      fc.property(accesses(window), (list) => {
        const values = apply(create(), list);
        values.forEach((value, i) => {
          if (value === undefined) return;
          expect(Number.isInteger(value)).toBe(true);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThan(2 ** (8 * list[i]!.size));
        });
      }),
    );
  });

  test('goes on from a snapshot as if nothing had been', () => {
    fc.assert(
      fc.property(accesses(window), accesses(window), (before, after) => {
        const memory = new Uint8Array(MEMORY_BYTES);
        const first = create(memory);
        apply(first, before);
        const saved = first.save();
        const second = create(memory.slice());
        second.restore(saved);
        expect(second.save()).toEqual(saved);
        expect(apply(second, after)).toEqual(apply(first, after));
        expect(second.save()).toEqual(first.save());
      }),
    );
  });

  test('is after a reset as it was when new', () => {
    fc.assert(
      fc.property(accesses(window), (list) => {
        const device = create();
        apply(device, list);
        device.reset();
        expect(device.save()).toEqual(create().save());
      }),
    );
  });

  test('is named as its folder', () => expect(create().kind).toBe(kind.split(' ')[0]));
});
