import type { Board } from './board.ts';
import { costsAt } from './costs.ts';
import { radio, virt } from './virt.ts';

const MiB = 0x10_0000;

/**
 * A phone of 2010: one core, little memory, a small screen, no PCIe. Its system on chip has the addresses of `virt`, so that what is built for that
 * runs here; clocks, sizes and screens make the difference. All of them are assumed after phones of that class, none is a copy of one.
 */
function handset(
  name: string,
  about: string,
  { clockHz, counterHz, memory, screen }: Pick<Board, 'clockHz' | 'counterHz' | 'screen'> & { memory: number },
): Board {
  const { pcie: _pcie, ...soc } = virt;
  return {
    ...soc,
    ...{ name, about, clockHz, counterHz, screen },
    model: `Pocketvisor ${name}`,
    compatible: `pocketvisor,${name}`,
    cores: 1,
    devices: [...soc.devices, radio],
    options: {},
    memory: { usual: memory, most: memory },
    costs: costsAt(clockHz),
  };
}

/** The counter of Qualcomm's chips of that class runs from their 19.2 MHz crystal. */
const smart = { clockHz: 400_000_000, counterHz: 19_200_000, memory: 256 * MiB };

export const evoke = handset('evoke', 'a smart phone: one core, 256M, a screen of 480 x 800 (WVGA)', {
  ...smart,
  screen: { width: 480, height: 800 },
});

export const evokeQvga = handset('evoke-qvga', 'evoke with a screen of 240 x 320 (QVGA)', {
  ...smart,
  screen: { width: 240, height: 320 },
});

/** GSM's clock is 13 MHz (3GPP TS 45.010 §5.1): here the counter's, and sixteen times that the core's. */
export const budget = handset('budget', 'a feature phone: one core of 208 MHz, 64M, 128M of flash, QVGA', {
  clockHz: 208_000_000,
  counterHz: 13_000_000,
  memory: 64 * MiB,
  screen: { width: 240, height: 320 },
});
