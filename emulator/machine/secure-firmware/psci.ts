import type { Core } from '../core.ts';

/** What PSCI commands. */
export interface PowerControl {
  readonly cores: readonly Core[];
  affinityOf(core: number): number;
  /** A core that is off begins at `entry` with `context` in X0. */
  powerOn(core: Core, entry: bigint, context: bigint): void;
  powerOff(): void;
  reset(): void;
}

/** Arguments as the caller's convention has them: 64 bits wide, or their lower halves. */
type Argument = (n: 1 | 2 | 3) => bigint;

/** A function: whether it also has a form with 64-bit arguments, and what it does; what it answers goes to X0. */
interface PsciFunction {
  readonly wide?: true;
  readonly call: (power: PowerControl, core: Core, argument: Argument) => number | undefined;
}

const SUCCESS = 0;
const NOT_SUPPORTED = -1;
const INVALID_PARAMETERS = -2;
const DENIED = -3;
const ALREADY_ON = -4;
const INVALID_ADDRESS = -9;

const VERSION_1_1 = 0x1_0001;
/** Answers of AFFINITY_INFO and MIGRATE_INFO_TYPE. */
const [ON, OFF] = [0, 1];
const NO_TRUSTED_OS = 2;
/** Of a power state: the core alone (level 0) powers down. All else but StateID, which is ours to choose, has to be zero (5.4.2). */
const POWER_DOWN = 1n << 16n;
const STATE_ID = 0xffffn;
/** Of SYSTEM_RESET2: the only type that Arm has named, and whether a type is the vendor's (5.12). */
const WARM_RESET = 0n;
const VENDOR = 1n << 31n;

/**
 * The Power State Coordination Interface 1.1 (Arm DEN 0022F), by function number. Absent, and allowed to be: migration, CPU_FREEZE,
 * CPU_DEFAULT_SUSPEND, NODE_HW_STATE, SET_SUSPEND_MODE, statistics, MEM_PROTECT. No core takes time to power on or off, so ON_PENDING is never told.
 */
const functions: Readonly<Record<number, PsciFunction>> = {
  /* PSCI_VERSION */
  0x00: { call: () => VERSION_1_1 },
  /* CPU_SUSPEND */
  0x01: {
    wide: true,
    call(_power, core, argument) {
      const state = argument(1) & 0xffff_ffffn;
      if ((state & ~(POWER_DOWN | STATE_ID)) !== 0n) return INVALID_PARAMETERS;
      if (state & POWER_DOWN) return suspend(core, argument(2), argument(3));
      // It goes on behind the call.
      core.standBy();
      return SUCCESS;
    },
  },
  /* CPU_OFF */
  0x02: {
    call(_power, core) {
      core.poweredOff = true;
      return undefined;
    },
  },
  /* CPU_ON */
  0x03: {
    wide: true,
    call(power, _core, argument) {
      const target = findCore(power, argument(1));
      if (!target) return INVALID_PARAMETERS;
      if (!target.poweredOff || target.suspended) return ALREADY_ON;
      if (!isEntry(argument(2))) return INVALID_ADDRESS;
      power.powerOn(target, argument(2), argument(3));
      return SUCCESS;
    },
  },
  /* AFFINITY_INFO */
  0x04: {
    wide: true,
    call(power, _core, argument) {
      const level = argument(2);
      // There is one instance of each level above the cores, and whoever asks runs in it.
      if (level >= 1n && level <= 3n) return argument(1) >> (level * 8n) === 0n ? ON : INVALID_PARAMETERS;
      const target = level === 0n ? findCore(power, argument(1)) : undefined;
      if (!target) return INVALID_PARAMETERS;
      return target.poweredOff && !target.suspended ? OFF : ON;
    },
  },
  /* MIGRATE_INFO_TYPE */
  0x06: { call: () => NO_TRUSTED_OS },
  /* SYSTEM_OFF */
  0x08: {
    call(power) {
      power.powerOff();
      return undefined;
    },
  },
  /* SYSTEM_RESET */
  0x09: {
    call(power) {
      power.reset();
      return undefined;
    },
  },
  /* PSCI_FEATURES: of CPU_SUSPEND no flag is set (5.15.2), power states have their original form and are coordinated here. */
  0x0a: { call: (_power, _core, argument) => (isKnown(Number(argument(1) & 0xffff_ffffn)) ? SUCCESS : NOT_SUPPORTED) },
  /* SYSTEM_SUSPEND */
  0x0e: {
    wide: true,
    call(power, core, argument) {
      if (power.cores.some((other) => other !== core && (!other.poweredOff || other.suspended))) return DENIED;
      return suspend(core, argument(1), argument(2));
    },
  },
  /* SYSTEM_RESET2: memory that no image goes to keeps its contents in every reset. */
  0x12: {
    wide: true,
    call(power, _core, argument) {
      const type = argument(1) & 0xffff_ffffn;
      if (type !== WARM_RESET) return type & VENDOR ? NOT_SUPPORTED : INVALID_PARAMETERS;
      power.reset();
      return undefined;
    },
  },
};

/** Function identifiers of fast calls to the standard secure service, with 32-bit and with 64-bit arguments (DEN 0028 §2.5). */
const NARROW_BASE = 0x8400_0000;
const WIDE_BASE = 0xc400_0000;

function find(id: number): PsciFunction | undefined {
  const narrow = functions[id - NARROW_BASE];
  if (narrow) return narrow;
  const wide = functions[id - WIDE_BASE];
  return wide?.wide ? wide : undefined;
}

/** SMCCC_VERSION is asked for here, too (5.15.2). */
const isKnown = (id: number): boolean => id === 0x8000_0000 || find(id) !== undefined;

/** Serves a call whose identifier is in X0 of a core; false where it is none of PSCI. */
export function psciCall(power: PowerControl, core: Core): boolean {
  const id = Number(core.x(0) & 0xffff_ffffn);
  const found = find(id);
  if (!found) return false;
  const mask = id >= WIDE_BASE ? 0xffff_ffff_ffff_ffffn : 0xffff_ffffn;
  const result = found.call(power, core, (n) => core.x(n) & mask);
  if (result !== undefined) core.setX(0, BigInt(result));
  return true;
}

/** Bits of MPIDR beside the affinity must be zero (5.1.4). */
function findCore(power: PowerControl, affinity: bigint): Core | undefined {
  return power.cores.find((other) => BigInt(power.affinityOf(other.index)) === affinity);
}

/** Whether an instruction can be there. */
const isEntry = (address: bigint): boolean => (address & 3n) === 0n;

function suspend(core: Core, entry: bigint, context: bigint): number | undefined {
  if (!isEntry(entry)) return INVALID_ADDRESS;
  core.suspend(entry, context);
  return undefined;
}
