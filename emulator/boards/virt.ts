import type { Board, BoardDevice, PcieWindows } from './board.ts';
import { costsAt } from './costs.ts';
import { virtioSlots } from './virtio-slots.ts';

const MiB = 0x10_0000;
const GiB = 0x4000_0000;
const clockHz = 1_000_000_000;

/** Where QEMU has its platform bus, for devices that are added: the window's first page and first interrupt. */
export const radio: BoardDevice = { kind: 'radio', name: 'radio0', base: 0x0c00_0000, size: 0x1000, spi: 112 };

/**
 * QEMU's `virt`: the addresses and interrupts of docs/system/arm/virt.rst, so software that was built for it runs here. The second UART and
 * the secure devices are absent.
 */
export const virt: Board & { readonly pcie: PcieWindows } = {
  name: 'virt',
  about: 'the memory map of QEMU, 1 GHz',
  model: 'linux,dummy-virt',
  compatible: 'linux,dummy-virt',
  // Our choice: QEMU's has no clock. One instruction is one nanosecond.
  clockHz,
  counterHz: 62_500_000,
  cores: 8,
  ramBase: 0x4000_0000,
  // Host pages of RAM lie below 2 GiB (emulator/state/memory-map.ts), with the tables that lead to them.
  memory: { usual: 512 * MiB, most: 1920 * MiB },
  costs: costsAt(clockHz),
  gicVersion: 3,
  gic: {
    distributor: { base: 0x0800_0000, size: 0x1_0000 },
    cpu: { base: 0x0801_0000, size: 0x1_0000 },
    v2m: { base: 0x0802_0000, size: 0x1000 },
    messages: { first: 48, count: 64 },
    hypervisor: { base: 0x0803_0000, size: 0x1_0000 },
    virtualCpu: { base: 0x0804_0000, size: 0x1_0000 },
    its: { base: 0x0808_0000, size: 0x2_0000 },
    redistributors: { base: 0x080a_0000, size: 0xf6_0000 },
  },
  ppis: { pmu: 7, gicMaintenance: 9, hypervisorTimer: 10, virtualTimer: 11, secureTimer: 13, physicalTimer: 14 },
  // Above RAM as long as that ends below 256 GiB.
  pcie: {
    ecam: { base: 0x40_1000_0000, size: 256 * MiB },
    io: { base: 0x3eff_0000, size: 0x1_0000 },
    low: { base: 0x1000_0000, size: 0x2eff_0000 },
    high: { base: 0x80_0000_0000, size: 512 * GiB },
    spi: 3,
  },
  console: 'uart0',
  powerKey: { device: 'gpio0', pin: 3 },
  devices: [
    { kind: 'cfi-flash', name: 'flash0', base: 0x0000_0000, size: 64 * MiB },
    { kind: 'cfi-flash', name: 'flash1', base: 0x0400_0000, size: 64 * MiB },
    { kind: 'pl011', name: 'uart0', base: 0x0900_0000, size: 0x1000, spi: 1 },
    { kind: 'pl031', name: 'rtc0', base: 0x0901_0000, size: 0x1000, spi: 2 },
    { kind: 'fw-cfg', name: 'fw-cfg', base: 0x0902_0000, size: 0x18 },
    { kind: 'pl061', name: 'gpio0', base: 0x0903_0000, size: 0x1000, spi: 7 },
    ...virtioSlots(0x0a00_0000, 0x200, 16, 32),
  ],
  options: { radio },
};
