import type { Device, Line } from '../device.ts';
import { RegisterMap, type Register } from '../gic/register-map.ts';

export interface GicV2mOptions {
  /** The first of the SPIs that messages raise, and how many they are. */
  readonly first: number;
  readonly count: number;
  /** The GIC's input of shared peripheral interrupt `n`; the guest configures it as edge-triggered. */
  spi(n: number): Line;
}

/** MSI_IIDR of QEMU. */
const IIDR = 0x0510_0000;

interface Frame {
  readonly first: number;
  readonly lines: readonly Line[];
}

/** An MSI register frame: a write of an INTID to MSI_SETSPI_NS is that interrupt's edge (GICv2m, Arm SBSA, DEN 0029). */
const registers: Register<Frame>[] = [
  { name: 'MSI_TYPER', offset: 0x008, read: ({ first, lines }) => ((first + 32) << 16) | lines.length },
  {
    name: 'MSI_SETSPI_NS',
    offset: 0x040,
    write: ({ first, lines }, value) => {
      const line = lines[(value & 0x3ff) - 32 - first];
      line?.set(true);
      line?.set(false);
    },
  },
  { name: 'MSI_IIDR', offset: 0xfcc, read: () => IIDR },
];

const map = new RegisterMap<Frame>(0x1000, registers);

/** GICv2m: turns messages of PCIe devices into SPIs of a GICv2. It has no state. */
export function createGicV2m({ first, count, spi }: GicV2mOptions): Device {
  const frame: Frame = { first, lines: Array.from({ length: count }, (_, n) => spi(first + n)) };
  return {
    kind: 'gicv2m',
    read: (offset, size) => map.read(frame, offset, size),
    write: (offset, size, value) => map.write(frame, offset, size, value),
    reset: () => {},
    save: () => ({}),
    restore: () => {},
  };
}
