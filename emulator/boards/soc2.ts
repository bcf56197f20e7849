import type { Board } from './board.ts';
import { costsAt } from './costs.ts';
import { virtioSlots } from './virtio-slots.ts';

const MiB = 0x10_0000;
const clockHz = 600_000_000;

/**
 * A second system on chip, with nothing where `virt` has it: RAM at 2 GiB and peripherals as on Arm's Base platform (Linux:
 * arch/arm64/boot/dts/arm/fvp-base-revc.dts and rtsm_ve-motherboard.dtsi), with its interrupt controller used as version 2. Guests that run on both
 * take addresses from the device tree. Clock, transports beyond the third, GPIO, radio and the frame for messages (where Juno has it) are our choice.
 */
export const soc2: Board = {
  name: 'soc2',
  about: 'another system on chip: RAM at 2 GiB, other addresses, GICv2',
  model: 'Pocketvisor SoC 2',
  compatible: 'pocketvisor,soc2',
  clockHz,
  counterHz: 24_000_000,
  cores: 4,
  ramBase: 0x8000_0000,
  memory: { usual: 512 * MiB, most: 1024 * MiB },
  costs: costsAt(clockHz),
  gicVersion: 2,
  gic: {
    distributor: { base: 0x2f00_0000, size: 0x1_0000 },
    its: { base: 0x2f02_0000, size: 0x2_0000 },
    redistributors: { base: 0x2f10_0000, size: 0x20_0000 },
    cpu: { base: 0x2c00_0000, size: 0x2000 },
    hypervisor: { base: 0x2c01_0000, size: 0x2000 },
    virtualCpu: { base: 0x2c02_f000, size: 0x2000 },
    v2m: { base: 0x2c1c_0000, size: 0x1000 },
    messages: { first: 128, count: 64 },
  },
  ppis: { pmu: 7, gicMaintenance: 9, hypervisorTimer: 10, virtualTimer: 11, secureTimer: 13, physicalTimer: 14 },
  console: 'uart0',
  powerKey: { device: 'gpio0', pin: 0 },
  options: {},
  devices: [
    { kind: 'cfi-flash', name: 'flash0', base: 0x0800_0000, size: 64 * MiB },
    { kind: 'cfi-flash', name: 'flash1', base: 0x0c00_0000, size: 64 * MiB },
    { kind: 'pl011', name: 'uart0', base: 0x1c09_0000, size: 0x1000, spi: 5 },
    ...virtioSlots(0x1c13_0000, 0x1000, 42, 8),
    { kind: 'pl031', name: 'rtc0', base: 0x1c17_0000, size: 0x1000, spi: 4 },
    { kind: 'pl061', name: 'gpio0', base: 0x1c1d_0000, size: 0x1000, spi: 7 },
    { kind: 'fw-cfg', name: 'fw-cfg', base: 0x1c1e_0000, size: 0x18 },
    { kind: 'radio', name: 'radio0', base: 0x1c20_0000, size: 0x1000, spi: 64 },
  ],
};
