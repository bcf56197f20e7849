/** What input devices say of themselves: the same as QEMU's, question by question. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { hidKinds, type HidKind } from '../../../emulator/base/hid.ts';
import { createVirtioInput } from '../../../emulator/devices/virtio/input/input.ts';
import { createVirtioMmio } from '../../../emulator/devices/virtio/mmio.ts';
import { TestClock } from '../../../emulator/devices/test-clock.ts';
import { needs } from '../../support/packages.ts';
import { startQemu, type Qemu } from './qtest.ts';

const LAST_SLOT = 0x0a00_3e00;
const CONFIG = LAST_SLOT + 0x100;
const SERIAL = 'a-serial';
/** QEMU 7.2 has no touch screen. */
const kinds = hidKinds.filter((kind) => kind !== 'touch');

type Side = Pick<Qemu, 'read' | 'write'>;

function ours(kind: HidKind, legacy: boolean): Side {
  const dma = { read: () => false, write: () => false };
  const device = createVirtioInput({ kind, serial: SERIAL });
  const transport = createVirtioMmio({ irq: { set() {} }, clock: new TestClock(), dma, device, legacy });
  return {
    read: (pa, size) => Promise.resolve(transport.read(pa - LAST_SLOT, size)),
    write: (pa, size, value) => Promise.resolve(transport.write(pa - LAST_SLOT, size, value)),
  };
}

/** All that a device says, by question. */
async function answers({ read, write }: Side): Promise<Record<string, string>> {
  const said: Record<string, string> = {};
  const questions = [0, 1, 2, 3, 4, 0x10, 0x11, 0x12, 0x13].flatMap((select) =>
    Array.from({ length: 0x40 }, (_, subsel) => [select, subsel] as const),
  );
  for (const [select, subsel] of questions) {
    await write(CONFIG, 1, select);
    await write(CONFIG + 1, 1, subsel);
    const size = await read(CONFIG + 2, 1);
    if (size === 0) continue;
    const bytes: number[] = [];
    for (let n = 0; n < size; n++) bytes.push(await read(CONFIG + 8 + n, 1));
    said[`${select.toString(16)}/${subsel.toString(16)}`] = Buffer.from(bytes).toString('hex');
  }
  return said;
}

describe.skipIf(needs('qemu-system-arm'))('input devices', () => {
  test.each(kinds.flatMap((kind) => [true, false].map((legacy) => [kind, legacy] as const)))(
    '%s, legacy: %s',
    async (kind, legacy) => {
      const global = ['-global', `virtio-mmio.force-legacy=${legacy}`];
      const qemu = startQemu(...global, '-device', `virtio-${kind}-device,serial=${SERIAL}`);
      onTestFinished(() => qemu.stop());
      const theirs = await answers(qemu);
      expect(Object.keys(theirs).length).toBeGreaterThan(4);
      expect(await answers(ours(kind, legacy))).toEqual(theirs);
      for (const offset of [4, 8])
        expect(await ours(kind, legacy).read(LAST_SLOT + offset, 4)).toBe(await qemu.read(LAST_SLOT + offset, 4));
    },
  );
});
