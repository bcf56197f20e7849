/**
 * Identification registers of the cores that `--cpu` offers. `max` says exactly what is implemented; the named cores say what the
 * technical reference manuals say, less what the machine lacks (their AArch32 state is announced, as software expects it, but is not there).
 */
export type CpuModel = 'cortex-a53' | 'cortex-a57' | 'cortex-a72' | 'max';

/** Index into the field ID: CRm * 8 + op2 of op0 3, op1 0, CRn 0; the unused places of CRm 0 hold registers of other op1. */
const at = (crm: number, op2: number): number => crm * 8 + op2;
const MIDR = 0;
const REVIDR = 1;
const CLIDR = 2;
/** CCSIDR for CSSELR 0 (L1 data), 1 (L1 instruction), 2 (L2). */
const CCSIDR = 4;
const CTR = 7;
const [PFR0, DFR0, ISAR0, MMFR0] = [at(4, 0), at(5, 0), at(6, 0), at(7, 0)];

/** Of AArch32, where they say which levels there are. */
const [ID_PFR1, ID_DFR0] = [at(1, 1), at(1, 2)];

/** AArch32 state of the named cores. */
const aarch32: readonly [index: number, value: bigint][] = [
  [at(1, 0), 0x131n],
  [at(1, 1), 0x11011n],
  [at(1, 2), 0x3010066n],
  [at(1, 4), 0x10101105n],
  [at(1, 5), 0x40000000n],
  [at(1, 6), 0x1260000n],
  [at(1, 7), 0x2102211n],
  [at(2, 0), 0x2101110n],
  [at(2, 1), 0x13112111n],
  [at(2, 2), 0x21232042n],
  [at(2, 3), 0x1112131n],
  [at(2, 4), 0x11142n],
  [at(2, 5), 0x11121n],
  [at(3, 0), 0x10110222n],
  [at(3, 1), 0x12111111n],
  [at(3, 2), 0x43n],
];

const models: Record<CpuModel, readonly [index: number, value: bigint][]> = {
  'cortex-a57': [
    ...aarch32,
    [MIDR, 0x411fd070n],
    [CLIDR, 0x0a200023n],
    [CCSIDR, 0x701fe00an],
    [CCSIDR + 1, 0x201fe012n],
    [CCSIDR + 2, 0x70ffe07an],
    [CTR, 0x8444c004n],
    [PFR0, 0x2222n],
    [DFR0, 0x10305106n],
    [ISAR0, 0x11120n],
    [MMFR0, 0x1124n],
  ],
  'cortex-a53': [
    ...aarch32,
    [MIDR, 0x410fd034n],
    [REVIDR, 0x100n],
    [CLIDR, 0x0a200023n],
    [CCSIDR, 0x700fe01an],
    [CCSIDR + 1, 0x201fe00an],
    [CCSIDR + 2, 0x707fe07an],
    [CTR, 0x84448004n],
    [PFR0, 0x2222n],
    [DFR0, 0x10305106n],
    [ISAR0, 0x11120n],
    [MMFR0, 0x1122n],
  ],
  'cortex-a72': [
    ...aarch32,
    [MIDR, 0x410fd083n],
    [CLIDR, 0x0a200023n],
    [CCSIDR, 0x701fe00an],
    [CCSIDR + 1, 0x201fe012n],
    [CCSIDR + 2, 0x707fe07an],
    [CTR, 0x8444c004n],
    [PFR0, 0x2222n],
    [DFR0, 0x10305106n],
    [ISAR0, 0x11120n],
    [MMFR0, 0x1124n],
  ],
  // Implementer 0 is reserved for software. EL0 to EL2 in AArch64 only; FP and Advanced SIMD without half precision; debug v8, PMUv3, 6
  // breakpoints, 4 watchpoints; AES with PMULL, SHA1, SHA256, CRC32, LSE, RDM; PA 44 bits, 16-bit ASIDs, granules 4K, 16K, 64K.
  max: [
    [MIDR, 0x000f0510n],
    [CLIDR, 0x0a200023n],
    [CCSIDR, 0x701fe00an],
    [CCSIDR + 1, 0x201fe012n],
    [CCSIDR + 2, 0x70ffe07an],
    [CTR, 0x8444c004n],
    [PFR0, 0x111n],
    [DFR0, 0x305106n],
    [ISAR0, 0x10211120n],
    [MMFR0, 0x100024n],
  ],
};

/** Values of the field ID. `gic3`: the system registers of GICv3 are there; `levels`: the highest exception level. */
export function idRegisters(model: CpuModel, gic3: boolean, levels: 1 | 2 | 3): BigUint64Array {
  const values = new BigUint64Array(64);
  for (const [index, value] of models[model]) values[index] = value;
  const clear = (index: number, bits: bigint): void => void (values[index] = (values[index] as bigint) & ~bits);
  if (levels < 3) {
    clear(PFR0, 0xf000n);
    // Security, and debug of the Secure state.
    clear(ID_PFR1, 0x00f0n);
    clear(ID_DFR0, 0x00f0n);
  }
  if (levels < 2) {
    clear(PFR0, 0x0f00n);
    clear(ID_PFR1, 0xf000n);
  }
  // All that our cores have but EL3 is there in `max`.
  if (levels >= 2 && ((values[PFR0] as bigint) & 0xf00n) === 0n) values[PFR0] = (values[PFR0] as bigint) | 0x100n;
  if (gic3) {
    values[PFR0] = (values[PFR0] as bigint) | (1n << 24n);
    if (model !== 'max') values[ID_PFR1] = (values[ID_PFR1] as bigint) | (1n << 28n);
  }
  return values;
}

/** Bits of physical addresses (ID_AA64MMFR0_EL1.PARange). */
export function physicalAddressBits(model: CpuModel): number {
  return model === 'cortex-a53' ? 40 : 44;
}
