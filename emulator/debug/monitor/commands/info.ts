/** `info SUBJECT`: the state of the machine. */
import { UserError } from '../../../base/user-error.ts';
import { stateFields } from '../../../state/layout.ts';
import { mappingsOf, joined, type Mapping } from '../../translation/mappings.ts';
import { accessText } from '../../translation/descriptor.ts';
import { mmuIsOn, stage1, type Stage } from '../../translation/stage.ts';
import { translate } from '../../translation/walk.ts';
import { hex, hex64, nameOf, type CoreView } from '../../views.ts';
import { pstateText, registerLines } from '../../explain/text.ts';
import type { MonitorCommand, MonitorContext } from '../command.ts';
import { registerValue } from '../expression.ts';
import { idle } from './idle.ts';
import { cellLines } from './cells.ts';
import { radio } from './radio.ts';

/** Rows of `info tlb` and `info mem` at most. */
const MOST_ROWS = 512;

type Subject = (context: MonitorContext, args: readonly string[]) => readonly string[];

function spsrOf(core: CoreView): bigint {
  const flag = (name: string, at: number): number => core.get32(name) * 2 ** at;
  const bits = flag('NF', 31) + flag('ZF', 30) + flag('CF', 29) + flag('VF', 28) + flag('IL', 20) + flag('DAIF', 6);
  return BigInt(bits + core.get32('EL') * 4 + core.get32('SPSEL'));
}

const system = ['SCTLR', 'TCR', 'TTBR0', 'MAIR', 'VBAR', 'ESR', 'FAR', 'ELR', 'SPSR'];

/** General registers, PSTATE and the system registers of the level; `all` has every one that is not 0, a name only that one. */
const registers: Subject = ({ core, target }, [what]) => {
  if (what === 'all') {
    const rows = stateFields.filter(({ arch, type, count }) => arch && type === 'u64' && count === 1);
    return rows
      .map(({ name }) => [name, core.get64(name)] as const)
      .filter(([, value]) => value !== 0n)
      .map(([name, value]) => `  ${name.padEnd(18)} ${hex64(value)}`);
  }
  if (what !== undefined) {
    const value = registerValue(core, what.replace(/^\$/, ''));
    if (value === undefined)
      throw new UserError('unknown-register', `there is no register ${JSON.stringify(what)}`, { hint: 'info registers all' });
    return [`${what} ${hex64(value)}  ${nameOf(target.symbols, value)}`.trimEnd()];
  }
  const level = Math.max(core.get32('EL'), 1);
  const names = [...system.map((name) => `${name}_EL${level}`), ...(level === 1 ? ['TTBR1_EL1', 'CPACR_EL1'] : ['HCR_EL2'])];
  const cells = names.map((name) => `${name.padEnd(10)} ${hex64(core.get64(name))}`);
  const lines = [...registerLines(core, target.symbols), `PSTATE ${pstateText(spsrOf(core))}`];
  for (let at = 0; at < cells.length; at += 3) lines.push(`  ${cells.slice(at, at + 3).join('  ')}`);
  return lines;
};

/** The stages of the present level: both halves of EL1&0, or the one of EL2 and EL3. */
function stagesOf({ core, target }: MonitorContext): Stage[] {
  const el = core.get32('EL');
  const halves = el < 2 ? [0n, 0xffff_ffff_ffff_f000n] : [0n];
  return halves.map((va) => stage1(core, el, va, target.paBits)).filter((stage): stage is Stage => !('reason' in stage));
}

function mapped(context: MonitorContext): { lines: string[]; mappings: Mapping[] } {
  const { core, target } = context;
  const el = core.get32('EL');
  if (!mmuIsOn(core, el)) return { lines: [`the MMU is off at EL${el}: addresses are physical`], mappings: [] };
  const read = (address: bigint): bigint | undefined => {
    const bytes = target.memory.read(address, 8);
    return bytes && new DataView(bytes.buffer).getBigUint64(0, true);
  };
  const sctlr = core.get64(`SCTLR_EL${Math.max(el, 1)}`);
  const mappings = stagesOf(context).flatMap((stage) => [...mappingsOf(stage, read, sctlr)]);
  return { lines: mappings.length === 0 ? ['nothing is mapped'] : [], mappings };
}

const size = (bytes: bigint): string => {
  for (const [unit, shift] of [
    ['T', 40n],
    ['G', 30n],
    ['M', 20n],
    ['K', 10n],
  ] as const) {
    if (bytes >= 1n << shift && bytes % (1n << shift) === 0n) return `${bytes >> shift}${unit}`;
  }
  return `${bytes}`;
};

function cut(rows: readonly string[]): readonly string[] {
  return rows.length <= MOST_ROWS ? rows : [...rows.slice(0, MOST_ROWS), `... and ${rows.length - MOST_ROWS} more`];
}

/** Ranges with equal rights. */
const mem: Subject = (context) => {
  const { lines, mappings } = mapped(context);
  const rows = joined(mappings).map(({ va, bytes, pa, rights }) => {
    const who = `${accessText(rights.privileged)} ${accessText(rights.user)}`;
    return `${hex64(va)}-${hex64(va + bytes - 1n)}  ${size(bytes).padStart(6)}  ${who}  to ${hex64(pa)}  ${rights.memory}`;
  });
  return [...lines, ...(rows.length > 0 ? [`${'from'.padEnd(18)} ${'to'.padEnd(18)}    size  EL1 EL0`] : []), ...cut(rows)];
};

/** Each descriptor that maps something: what a TLB may hold. */
const tlb: Subject = (context) => {
  const { lines, mappings } = mapped(context);
  const rows = mappings.map(({ va, pa, bytes, level, rights }) => {
    const flags = [rights.global ? 'global' : 'nG', rights.accessFlag ? '' : 'AF 0', rights.shareability]
      .filter(Boolean)
      .join(', ');
    return `${hex64(va)}  ${hex64(pa)}  ${size(bytes).padStart(5)}  level ${level}  EL1 ${accessText(rights.privileged)} EL0 ${accessText(rights.user)}  ${rights.memory}, ${flags}`;
  });
  return [...lines, ...cut(rows)];
};

const irq: Subject = ({ target }) => {
  const { controller, groups, rows, interfaces } = target.interrupts();
  const shown = rows.filter(({ enabled, pending, active, level }) => enabled || pending || active || level);
  const lines = [`${controller}, groups ${groupText(groups)}`, 'INTID  core  prio  group  state               trigger  source'];
  for (const row of shown) {
    const state = [row.enabled ? 'enabled' : '', row.pending ? 'pending' : '', row.active ? 'active' : '']
      .filter(Boolean)
      .join(' ');
    const cells = [
      String(row.intid).padStart(5),
      String(row.core ?? '').padStart(4),
      hex(row.priority).padStart(4),
      String(row.group).padStart(5),
    ];
    lines.push(
      `${cells.join('  ')}  ${state.padEnd(18)}  ${(row.edge ? 'edge' : `level ${row.level ? 1 : 0}`).padEnd(7)}  ${row.source}`,
    );
  }
  for (const [index, core] of target.cores.entries()) {
    const { priorityMask, groups } = interfaces[index] ?? { priorityMask: 0, groups: 0 };
    const inputs = [
      ['FIQ', 1],
      ['IRQ', 2],
      ['SError', 4],
    ] as const;
    const high = inputs
      .filter(([, bit]) => (core.get32('IRQ_LINES') & bit) !== 0)
      .map(([name, bit]) => `${name}${(core.get32('DAIF') & bit) !== 0 ? ' (masked)' : ''}`);
    lines.push(
      `core ${index}: priority mask ${hex(priorityMask)}, groups ${groupText(groups)}, asserted: ${high.join(', ') || 'none'}`,
    );
  }
  return lines;
};

const groupText = (groups: number): string => ['0', '1'].filter((_, n) => (groups & (1 << n)) !== 0).join(' and ') || 'none';

const devices: Subject = ({ target }, [name]) => {
  if (name !== undefined) {
    const found = target.devices.find((device) => device.name === name);
    if (!found) throw new UserError('unknown-device', `there is no device ${JSON.stringify(name)}`, { hint: 'info devices' });
    return found.state();
  }
  const width = Math.max(...target.devices.map(({ name }) => name.length));
  return target.devices.map(
    ({ name, kind, base, size, intid }) =>
      `${hex64(BigInt(base))}-${hex64(BigInt(base + size - 1))}  ${name.padEnd(width)}  ${kind}${intid === undefined ? '' : `, INTID ${intid}`}`,
  );
};

const status: Subject = ({ target }) => {
  const { state, virtualNs, instructions } = target.status();
  return [`${state}; virtual time ${(virtualNs / 1e9).toFixed(3)} s; ${instructions} instructions`, ...cores(target)];
};

function cores({ cores, symbols, memory, paBits }: MonitorContext['target']): string[] {
  return cores.map((core) => {
    const el = core.get32('EL');
    const off = [undefined, 'off', 'suspended', 'stands by'][core.get32('POWERED_OFF')];
    const state = off ?? ['runs', 'waits in WFI', 'waits in WFE'][core.get32('WAITING')];
    const { pa } = translate(core, memory, paBits, core.pc, el);
    const where = pa === undefined ? 'not mapped' : (memory.describe(pa) ?? 'nothing there');
    return `core ${core.index}: ${state} at EL${el}, PC ${hex64(core.pc)} ${nameOf(symbols, core.pc) || `(${where})`}`;
  });
}

const cells: Subject = ({ target }) => (target.cells.length > 0 ? cellLines(target) : ['one guest has the machine to itself']);

const subjects: Readonly<Record<string, Subject>> = { status, cells, registers, mem, tlb, irq, devices, radio, idle };

export const info: MonitorCommand = {
  names: ['info', 'i'],
  usage: 'info registers [NAME|all] | mem | tlb | irq | devices [NAME] | cells | radio | idle | status',
  summary: 'the state of the machine',
  run(context, [subject = 'status', ...args]) {
    const found = Object.hasOwn(subjects, subject) ? subjects[subject] : undefined;
    if (!found) throw new UserError('unknown-subject', `there is no info ${subject}`, { hint: Object.keys(subjects).join(', ') });
    return found(context, args);
  },
};
