import type { GicV3 } from '../devices/gicv3/gicv3.ts';
import type { IccRegister } from '../devices/gicv3/icc-registers.ts';
import { sysregByEncoding } from '../isa/sysregs/index.ts';
import type { Core } from './core.ts';

/** The system registers of GICv3's CPU interface, as MRS and MSR reach them: by encoding, the value in field SYS_VALUE. */
export class GicRegisters {
  private readonly gic: GicV3 | undefined;
  private readonly found = new Map<number, IccRegister | undefined>();

  /** Without a GICv3 there are none. */
  constructor(gic: GicV3 | undefined) {
    this.gic = gic;
  }

  /** Answers false where the access is UNDEFINED. */
  read(core: Core, encoding: number): boolean {
    const register = this.find(encoding);
    if (!this.gic || !register?.read) return false;
    core.set64('SYS_VALUE', BigInt(register.read(this.gic.core(core.index)) >>> 0));
    return true;
  }

  write(core: Core, encoding: number): boolean {
    const register = this.find(encoding);
    if (!this.gic || !register?.write) return false;
    const value = core.get64('SYS_VALUE');
    register.write(this.gic.core(core.index), Number(value & 0xffff_ffffn), Number(value >> 32n));
    return true;
  }

  private find(encoding: number): IccRegister | undefined {
    if (!this.found.has(encoding)) {
      this.found.set(encoding, this.gic?.register(sysregByEncoding.get(encoding)?.name ?? ''));
    }
    return this.found.get(encoding);
  }
}
