/** A core as PSCI knows it: the machine's, or a virtual CPU of a cell. Registers are those of the caller. */
export interface PsciCore {
  readonly index: number;
  poweredOff: boolean;
  /** 1 in WFI. */
  waiting: number;
  /** Not 0 where an interrupt ends a wait at once. */
  readonly irqLines: number;
  x(n: number): bigint;
  setX(n: number, value: bigint): void;
}

/** Power State Coordination Interface 1.1 and SMCCC 1.1 (DEN 0022, DEN 0028), as firmware of the board offers it. */
export interface PsciMachine<Core extends PsciCore> {
  readonly cores: readonly Core[];
  affinityOf(core: number): number;
  powerOn(core: Core, entry: bigint, context: bigint): void;
  powerOff(): void;
  reset(): void;
}

const SUCCESS = 0;
const NOT_SUPPORTED = -1;
const INVALID_PARAMETERS = -2;
const ALREADY_ON = -4;

const VERSION = 0x8400_0000;
const CPU_SUSPEND = 0x8400_0001;
const CPU_OFF = 0x8400_0002;
const CPU_ON = 0x8400_0003;
const AFFINITY_INFO = 0x8400_0004;
const MIGRATE_INFO_TYPE = 0x8400_0006;
const SYSTEM_OFF = 0x8400_0008;
const SYSTEM_RESET = 0x8400_0009;
const FEATURES = 0x8400_000a;
const SMCCC_VERSION = 0x8000_0000;

/** Calls that have a form with 64-bit arguments. */
const wide = new Set([CPU_SUSPEND, CPU_ON, AFFINITY_INFO]);
const known = new Set([
  VERSION,
  CPU_SUSPEND,
  CPU_OFF,
  CPU_ON,
  AFFINITY_INFO,
  MIGRATE_INFO_TYPE,
  SYSTEM_OFF,
  SYSTEM_RESET,
  FEATURES,
  SMCCC_VERSION,
]);

/** Function 32-bit identifiers with bit 30 (64-bit arguments) taken out where the call has such a form. */
function plain(id: number): number {
  const base = (id & ~0x4000_0000) >>> 0;
  return (id & 0x4000_0000) !== 0 && !wide.has(base) ? id >>> 0 : base;
}

/** Serves the call in X0..X3 of a core; results go to its X0. Calls that are not known answer NOT_SUPPORTED. */
export function psciCall<Core extends PsciCore>(machine: PsciMachine<Core>, core: Core): void {
  const id = plain(Number(core.x(0) & 0xffff_ffffn));
  const is64 = Number(core.x(0) & 0x4000_0000n) !== 0;
  const argument = (n: number): bigint => (is64 ? core.x(n) : core.x(n) & 0xffff_ffffn);
  // Bits of MPIDR beside the affinity must be zero (DEN 0022 5.1.4).
  const find = (affinity: bigint): Core | undefined =>
    machine.cores.find((other) => BigInt(machine.affinityOf(other.index)) === affinity);
  const answer = (result: number): void => core.setX(0, BigInt(result));
  switch (id) {
    case VERSION:
      return answer(0x1_0001);
    case SMCCC_VERSION:
      return answer(0x1_0001);
    case CPU_ON: {
      const target = find(argument(1));
      if (!target) return answer(INVALID_PARAMETERS);
      if (!target.poweredOff) return answer(ALREADY_ON);
      machine.powerOn(target, argument(2), argument(3));
      return answer(SUCCESS);
    }
    case CPU_OFF:
      core.poweredOff = true;
      return;
    case CPU_SUSPEND:
      // A stand-by state: the core waits as in WFI and goes on behind the call.
      answer(SUCCESS);
      if (core.irqLines === 0) core.waiting = 1;
      return;
    case AFFINITY_INFO: {
      const target = find(argument(1));
      if (!target) return answer(INVALID_PARAMETERS);
      return answer(target.poweredOff ? 1 : 0);
    }
    case MIGRATE_INFO_TYPE:
      // No trusted OS.
      return answer(2);
    case SYSTEM_OFF:
      return machine.powerOff();
    case SYSTEM_RESET:
      return machine.reset();
    case FEATURES:
      return answer(known.has(plain(Number(argument(1) & 0xffff_ffffn))) ? SUCCESS : NOT_SUPPORTED);
    default:
      return answer(NOT_SUPPORTED);
  }
}
