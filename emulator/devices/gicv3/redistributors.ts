import type { Device, DeviceState } from '../device.ts';
import { bankRegisters } from '../gic/bank-registers.ts';
import { identificationRegisters, IIDR } from '../gic/identification.ts';
import { RegisterMap, type Register } from '../gic/register-map.ts';
import type { GicV3Core, GicV3State } from './state.ts';

/** A core's redistributor: the RD_base frame, then the SGI_base frame, 64 KiB each (IHI 0069, "Redistributor register map"). */
export const REDISTRIBUTOR_SIZE = 0x2_0000;
const SGI_BASE = 0x1_0000;

const TYPER_LAST = 1 << 4;

/** GICR_WAKER: ProcessorSleep and ChildrenAsleep. */
const WAKER_PROCESSOR_SLEEP = 1 << 1;
const WAKER_CHILDREN_ASLEEP = 1 << 2;

/**
 * The registers of a redistributor. Without LPIs, GICR_CTLR has nothing to enable (RWP and UWP are never set), and
 * with one Security state GICR_IGRPMODR0 and NSACR read as zero.
 */
const registers: Register<GicV3Core>[] = [
  { name: 'GICR_IIDR', offset: 0x0004, read: () => IIDR },
  {
    name: 'GICR_TYPER',
    offset: 0x0008,
    count: 2,
    read: (core, upper) =>
      upper ? core.affinity : (core.index << 8) | (core.index === core.gic.cores.length - 1 ? TYPER_LAST : 0),
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
