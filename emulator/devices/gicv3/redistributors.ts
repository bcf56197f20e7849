import type { Device, DeviceState } from '../device.ts';
import { bankRegisters } from '../gic/bank-registers.ts';
import { identificationRegisters, IIDR } from '../gic/identification.ts';
import { merge, RegisterMap, type Register } from '../gic/register-map.ts';
import type { GicV3Core, GicV3State } from './state.ts';

/** A core's redistributor: the RD_base frame, then the SGI_base frame, 64 KiB each (IHI 0069, "Redistributor register map"). */
export const REDISTRIBUTOR_SIZE = 0x2_0000;
const SGI_BASE = 0x1_0000;

/**
 * GICR_TYPER: PLPIS; Last; CommonLPIAff, that those with one Aff3 have one configuration table. DirectLPI is 0, so GICR_INVLPIR,
 * INVALLR and SYNCR are not there.
 */
const TYPER_PLPIS = 1 << 0;
const TYPER_LAST = 1 << 4;
const TYPER_COMMON_AFF3 = 1 << 24;

/** GICR_CTLR: EnableLPIs; CES, that it can be cleared again. */
const CTLR_ENABLE_LPIS = 1 << 0;
const CTLR_CES = 1 << 1;

/** Without what is RES0, and PENDBASER.PTZ, which reads as zero. The pending table is read whatever PTZ promises of it. */
const PROPBASER_MASKS = [0xffff_ff9f, 0x070f_ffff] as const;
const PENDBASER_MASKS = [0xffff_0f80, 0x070f_ffff] as const;

/** GICR_WAKER: ProcessorSleep and ChildrenAsleep. */
const WAKER_PROCESSOR_SLEEP = 1 << 1;
const WAKER_CHILDREN_ASLEEP = 1 << 2;

/** GICR_PROPBASER, GICR_PENDBASER: to change them while LPIs are enabled is UNPREDICTABLE; it takes effect, as on QEMU. */
function tableRegister(which: 'propbaser' | 'pendbaser', offset: number, masks: readonly [number, number]): Register<GicV3Core> {
  return {
    name: `GICR_${which.toUpperCase()}`,
    offset,
    count: 2,
    read: ({ lpis }, half) => lpis?.[which][half] ?? 0,
    write: ({ lpis }, value, mask, half) => {
      if (lpis) lpis[which][half] = merge(lpis[which][half] as number, value, mask) & (masks[half] as number);
    },
  };
}

function typer({ index, gic, lpis }: GicV3Core): number {
  const last = index === gic.cores.length - 1 ? TYPER_LAST : 0;
  return (index << 8) | last | (lpis ? TYPER_PLPIS | TYPER_COMMON_AFF3 : 0);
}

/**
 * The registers of a redistributor. Writes have taken effect when they return (GICR_CTLR.RWP and UWP are never set), and with one
 * Security state GICR_IGRPMODR0 and NSACR read as zero.
 */
const registers: Register<GicV3Core>[] = [
  {
    name: 'GICR_CTLR',
    offset: 0x0000,
    read: ({ lpis }) => (lpis ? CTLR_CES | (lpis.isEnabled ? CTLR_ENABLE_LPIS : 0) : 0),
    write: ({ lpis }, value, mask) => {
      if (mask & CTLR_ENABLE_LPIS) lpis?.setEnabled((value & CTLR_ENABLE_LPIS) !== 0);
    },
  },
  { name: 'GICR_IIDR', offset: 0x0004, read: () => IIDR },
  {
    name: 'GICR_TYPER',
    offset: 0x0008,
    count: 2,
    read: (core, upper) => (upper ? core.affinity : typer(core)),
  },
  {
    name: 'GICR_WAKER',
    offset: 0x0014,
    // The handshake takes no time. Sleep does not hold interrupts back, as in QEMU: software that never wakes its redistributor
    // is wrong but runs there.
    read: (core) => (core.asleep ? WAKER_PROCESSOR_SLEEP | WAKER_CHILDREN_ASLEEP : 0),
    write: (core, value, mask) => {
      if ((mask & WAKER_PROCESSOR_SLEEP) === 0) return;
      core.asleep = (value & WAKER_PROCESSOR_SLEEP) !== 0;
      core.gic.routes.applyAll();
    },
  },
  tableRegister('propbaser', 0x0070, PROPBASER_MASKS),
  tableRegister('pendbaser', 0x0078, PENDBASER_MASKS),
  identificationRegisters<GicV3Core>('GICR', 0xffd0, { part: 0x93, revision: 3, pidr4: 0x44 }),
  ...bankRegisters<GicV3Core>('GICR', 1, {
    bank: (core) => core.bank,
    changed: (core, bank) => core.gic.interrupts.changed(bank),
  }).map((row) => ({ ...row, offset: SGI_BASE + row.offset })),
];

const map = new RegisterMap<GicV3Core>(REDISTRIBUTOR_SIZE, registers);

/**
 * The redistributors of all cores, one after another, and with them the state of the cores' CPU interfaces, which have no frame.
 */
export class Redistributors implements Device {
  readonly kind = 'gicv3-redistributors';
  private readonly gic: GicV3State;

  constructor(gic: GicV3State) {
    this.gic = gic;
  }

  read(offset: number, size: 1 | 2 | 4): number {
    const core = this.gic.cores[Math.floor(offset / REDISTRIBUTOR_SIZE)];
    return core === undefined ? 0 : map.read(core, offset % REDISTRIBUTOR_SIZE, size);
  }

  write(offset: number, size: 1 | 2 | 4, value: number): void {
    const core = this.gic.cores[Math.floor(offset / REDISTRIBUTOR_SIZE)];
    if (core !== undefined) map.write(core, offset % REDISTRIBUTOR_SIZE, size, value);
  }

  reset(): void {
    for (const core of this.gic.cores) core.reset();
    this.apply();
  }

  save(): DeviceState {
    return { cores: this.gic.cores.map((core) => core.save()) };
  }

  restore(state: DeviceState): void {
    for (const [at, core] of this.gic.cores.entries()) core.restore((state['cores'] as DeviceState[])[at] as DeviceState);
    this.apply();
  }

  private apply(): void {
    this.gic.routes.applyAll();
    this.gic.interrupts.changedAll();
    for (const { virtual } of this.gic.cores) virtual?.changed();
  }
}
