import type { GicV3 } from '../devices/gicv3/gicv3.ts';
import { encode, sysregByEncoding } from '../isa/sysregs/index.ts';
import type { Core } from './core.ts';

/** Of HCR_EL2, in the order of sets of groups: FMO, IMO. */
const ROUTING_SHIFT = 3n;

/** How an access ends: it is done, UNDEFINED, or trapped to EL2. */
export type GicAccess = 'done' | 'undefined' | 'trapped';

/** The system registers of GICv3's CPU interface, as MRS and MSR reach them: by the ISS of their trap, the value in field SYS_VALUE. */
export class GicRegisters {
  private readonly gic: GicV3 | undefined;
  private readonly names = new Map<number, string>();

  /** Without a GICv3 there are none. */
  constructor(gic: GicV3 | undefined) {
    this.gic = gic;
  }

  read(core: Core, iss: number): GicAccess {
    const name = this.nameOf(iss);
    if (!this.gic?.register(name)?.read) return 'undefined';
    const place = this.gic.placeOf(core.index, name, core.get32('EL'), groupsOfEl2(core));
    if (place === 'trapped') return place;
    core.set64('SYS_VALUE', this.gic.readRegister(core.index, name, place));
    return 'done';
  }

  write(core: Core, iss: number): GicAccess {
    const name = this.nameOf(iss);
    if (!this.gic?.register(name)?.write) return 'undefined';
    const place = this.gic.placeOf(core.index, name, core.get32('EL'), groupsOfEl2(core));
    if (place === 'trapped') return place;
    this.gic.writeRegister(core.index, name, core.get64('SYS_VALUE'), place);
    return 'done';
  }

  private nameOf(iss: number): string {
    // The encoding's fields as ISS has them (DDI 0487 D19.2.37, EC 0x18).
    const code = encode((iss >> 20) & 3, (iss >> 14) & 7, (iss >> 10) & 15, (iss >> 1) & 15, (iss >> 17) & 7);
    let name = this.names.get(code);
    if (name === undefined) this.names.set(code, (name = sysregByEncoding.get(code)?.name ?? ''));
    return name;
  }
}

/** The groups whose interrupts are EL2's. */
function groupsOfEl2(core: Core): number {
  return Number((core.get64('HCR_EL2') >> ROUTING_SHIFT) & 3n);
}
