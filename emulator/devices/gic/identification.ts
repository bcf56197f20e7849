import type { Register } from './register-map.ts';

/**
 * GICD_PIDR4..7, PIDR0..3 and CIDR0..3 (GICR_*, GITS_* alike), the last 12 words of a frame: Arm's designer code, the architecture's
 * revision in PIDR2[7:4], and a component ("Identification registers" of IHI 0069 and IHI 0048).
 */
export function identificationRegisters<Context>(
  prefix: 'GICD' | 'GICR' | 'GITS',
  offset: number,
  id: { part: number; revision: 2 | 3; pidr4: number },
): Register<Context> {
  const words = [id.pidr4, 0, 0, 0, id.part, 0xb4, (id.revision << 4) | 0xb, 0, 0x0d, 0xf0, 0x05, 0xb1];
  return { name: `${prefix}_PIDR4`, offset, count: words.length, read: (_, index) => words[index] as number };
}

/** GICD_IIDR, GICR_IIDR, GITS_IIDR: implementer Arm (JEP106 0x43b), product and revision 0, as QEMU. */
export const IIDR = 0x43b;
