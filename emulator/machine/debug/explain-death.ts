import type { Taken } from '../../debug/explain/death.ts';
import { isParked } from '../../debug/explain/parked.ts';
import { explain, type Explanation } from '../../debug/explain/explain.ts';
import { symbolsOf } from '../../debug/symbols/elf-symbols.ts';
import { noSymbols, type CoreView, type SymbolView } from '../../debug/views.ts';
import type { Machine } from '../machine.ts';
import type { MachineConfig, MachineHost } from '../types.ts';
import { replay } from './replay.ts';

const known = new WeakMap<MachineConfig, SymbolView>();

/** The symbols of every ELF file that a machine was given. */
export function symbolsOfConfig(config: MachineConfig): SymbolView {
  const { boot, symbols = [] } = config;
  const found = known.get(config);
  if (found) return found;
  const all = symbolsOf([...symbols, ...(boot.kernel ? [boot.kernel] : []), ...boot.loads.map(({ bytes }) => bytes)]);
  known.set(config, all);
  return all;
}

/** Why the guest of a machine with outcome `guest-fault` cannot go on. `runtime`: the module that the machine was made from. */
export function explainDeath(machine: Machine, runtime: Uint8Array, host: MachineHost): Explanation {
  return explainOf(machine, machine.deadCore ?? 0, true, runtime, host);
}

/** The same for the last exception of a core that goes on; `undefined` where it has taken none. Between turns. */
export function explainException(
  machine: Machine,
  core: number,
  runtime: Uint8Array,
  host: MachineHost,
): Explanation | undefined {
  const isKnown = machine.inspect().cores[core]?.get64('CAUSE_NUMBER') !== 0n;
  return isKnown ? explainOf(machine, core, machine.deadCore === core, runtime, host) : undefined;
}

/** Of a run that ended while a core stood in the handler of a fault; `undefined` where none did. */
export function explainParked(machine: Machine, runtime: Uint8Array, host: MachineHost): Explanation | undefined {
  const { cores, memory, paBits } = machine.inspect();
  const core = cores.find((core) => {
    const taken = takenBy(core);
    return isParked({ core, memory, paBits, symbols: noSymbols, cause: taken, last: taken }, core.get32('NESTED'));
  });
  return core && explainOf(machine, core.index, false, runtime, host);
}

function takenBy(core: CoreView): Taken {
  return {
    ...{ esr: core.get64('CAUSE_ESR'), far: core.get64('CAUSE_FAR') },
    ...{ elr: core.get64('CAUSE_ELR'), spsr: core.get64('CAUSE_SPSR') },
  };
}

function explainOf(machine: Machine, index: number, hopeless: boolean, runtime: Uint8Array, host: MachineHost): Explanation {
  const after = machine.inspect();
  const dead = after.cores[index] as CoreView;
  const cause = takenBy(dead);
  const last: Taken = {
    ...{ esr: dead.get64('LAST_ESR'), far: dead.get64('LAST_FAR') },
    ...{ elr: dead.get64('LAST_ELR'), spsr: dead.get64(`SPSR_EL${Math.max(dead.get32('EL'), 1)}`) },
  };
  const common = { hopeless, cause, last, symbols: symbolsOfConfig(after.config), paBits: after.paBits };
  const target = {
    ...{ core: index, exception: dead.get64('CAUSE_NUMBER'), ns: Number(dead.get64('CAUSE_NS')) },
    ...{ elr: cause.elr, esr: cause.esr },
  };
  const replayed = replay(machine.repetition, machine.instructions, target, runtime, host);
  if (typeof replayed === 'string') {
    return explain({ ...common, core: dead, exact: false, memory: after.memory, noBranches: replayed });
  }
  const { cores, memory } = replayed.machine.inspect();
  return explain({ ...common, core: cores[index] as CoreView, exact: true, memory, branches: replayed.branches });
}
