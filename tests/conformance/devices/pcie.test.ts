/** What a guest finds on the PCIe bus is what it finds on QEMU's: identities, windows and their sizes, capabilities. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { virt } from '../../../emulator/boards/virt.ts';
import { HostBridge } from '../../../emulator/devices/pcie/host-bridge.ts';
import { TestClock } from '../../../emulator/devices/test-clock.ts';
import { createVirtioBlock } from '../../../emulator/devices/virtio/block.ts';
import { createVirtioNet } from '../../../emulator/devices/virtio/net.ts';
import { createVirtioPci } from '../../../emulator/devices/virtio/pci/pci.ts';
import { createVirtioRng } from '../../../emulator/devices/virtio/rng.ts';
import { needs } from '../../support/packages.ts';
import { startQemu } from './qtest.ts';

const SLOT_BYTES = 0x8000;
/** With the last capability, and without any; what is behind has no meaning. */
const [CONFIG_END, HEADER_END] = [0xa4, 0x40];
const MSIX_CONTROL = 0x98;
const ROM = 0x30;
const [EMPTY, FIRST_OF_BUS_1] = [9, 0x10_0000];

test.skipIf(needs('qemu-system-arm'))('configuration spaces are those of QEMU', async () => {
  const image = new SharedArrayBuffer(0x8000);
  const file = join(mkdtempSync(join(tmpdir(), 'disk-')), 'disk.img');
  writeFileSync(file, new Uint8Array(image));
  const qemu = startQemu(
    ...['-drive', `if=none,file=${file},format=raw,id=d`, '-device', 'virtio-blk-pci,drive=d'],
    ...['-netdev', 'user,id=n', '-device', 'virtio-net-pci,netdev=n,romfile=', '-device', 'virtio-rng-pci,addr=5'],
    ...['-device', 'virtio-rng-pci,disable-legacy=on,addr=6'],
  );
  onTestFinished(() => {
    qemu.stop();
    rmSync(dirname(file), { recursive: true });
  });
  const bridge = new HostBridge({ windows: { io: 0, low: 0, high: 0 }, interrupts: [], messages: { send: () => {} } });
  const devices = [
    { slot: 1, transitional: true, device: createVirtioBlock({ image, readOnly: false, serial: '', onWrite: () => {} }) },
    { slot: 2, transitional: true, device: createVirtioNet({ mac: new Uint8Array(6), onTransmit: () => {} }) },
    { slot: 5, transitional: true, device: createVirtioRng({ seed: 1 }) },
    { slot: 6, transitional: false, device: createVirtioRng({ seed: 1 }) },
  ];
  const dma = { read: () => false, write: () => false };
  for (const { slot, ...options } of devices) {
    bridge.plug(slot, (upstream) => createVirtioPci({ upstream, clock: new TestClock(), dma, ...options }));
  }

  const both = async (at: number) =>
    [at.toString(16), await qemu.read(virt.pcie.ecam.base + at, 4), bridge.ecam.read(at, 4)] as const;
  const differences: unknown[] = [];
  const compare = async (at: number, mask: number, when: string) => {
    const [where, theirs, ours] = await both(at);
    if ((theirs & mask) !== (ours & mask)) differences.push([when, where, theirs.toString(16), ours.toString(16)]);
  };
  const words = Array.from({ length: CONFIG_END / 4 }, (_, n) => 4 * n);
  // QEMU gives its network card a vector for a queue that ours does not have, and vectors by the number of cores to disks.
  const maskOf = (at: number) => (at === MSIX_CONTROL ? 0xf800_ffff : 0xffff_ffff) | 0;
  for (const slot of [0, ...devices.map((device) => device.slot), EMPTY]) {
    const base = slot * SLOT_BYTES;
    for (const at of words) await compare(base + at, maskOf(at), 'at first');
    for (const at of words) {
      // Data of the access capability reaches registers; the ROM is QEMU's alone.
      if (at === ROM || (slot === 0 && at >= HEADER_END) || (at >= 0x84 && at < MSIX_CONTROL)) continue;
      await qemu.write(virt.pcie.ecam.base + base + at, 4, 0xffff_ffff);
      bridge.ecam.write(base + at, 4, 0xffff_ffff);
      await compare(base + at, maskOf(at), 'written');
    }
    for (const at of [0x100, 0xffc, 0x1000]) await compare(base + at, 0xffff_ffff | 0, 'behind');
  }
  await compare(FIRST_OF_BUS_1, 0xffff_ffff | 0, 'bus 1');
  expect(differences).toEqual([]);
});
