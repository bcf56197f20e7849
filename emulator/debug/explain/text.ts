/** The parts of an explanation as aligned text. */
import { syndromeText } from '../syndrome/decode.ts';
import { describeDescriptor } from '../translation/descriptor.ts';
import { granuleName } from '../translation/stage.ts';
import type { Translation, Walk } from '../translation/walk.ts';
import { bit, bits, hex, hex64, nameOf, type CoreView, type PhysicalView, type SymbolView } from '../views.ts';
import type { Branch, Death } from './death.ts';
import { instructionAt, type Facts } from './facts.ts';

/** `EL1h`: the level and its stack pointer, from an SPSR. */
export const modeOf = (spsr: bigint): string =>
  bit(spsr, 4) ? 'AArch32' : `EL${bits(spsr, 2, 2)}${bits(spsr, 2, 2) === 0 ? '' : bit(spsr, 0) ? 'h' : 't'}`;

/** Lines of two columns. */
export function table(rows: readonly (readonly [name: string, text: string])[], indent = '  '): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${indent}${name.padEnd(width)}  ${text}`.trimEnd());
}

/** Which exception, from where: the manual's terms. */
export function exceptionRows(facts: Facts): [string, string][] {
  const { death, taken, syndrome, interrupt, pc, instruction, address } = facts;
  const to = Math.max(death.core.get32('EL'), 1);
  const name = nameOf(death.symbols, pc);
  const code = instruction ? (instruction.text ?? `.inst ${hex(instruction.word)}`) : 'cannot be read';
  const rows: [string, string][] = [
    ['exception', `${syndrome?.name ?? interrupt}, ${modeOf(taken.spsr)} to EL${to}h`],
    ['at', [hex64(pc), name, code].filter(Boolean).join('  ')],
  ];
  if (syndrome) rows.push([`ESR_EL${to}`, `${hex64(taken.esr)}  ${syndromeText(syndrome)}`]);
  if (address !== undefined)
    rows.push([`FAR_EL${to}`, [hex64(address), nameOf(death.symbols, address)].filter(Boolean).join('  ')]);
  // Of stage 2 only.
  if (to === 2 && facts.el < 2 && syndrome?.status) {
    const hpfar = death.core.get64('HPFAR_EL2');
    rows.push(['HPFAR_EL2', `${hex64(hpfar)}  IPA ${hex((hpfar >> 4n) << 12n)}`]);
  }
  rows.push([`SPSR_EL${to}`, `${hex64(taken.spsr)}  ${pstateText(taken.spsr)}`]);
  return rows;
}

/** `EL1h, DAIF 1111, NZCV 0110`. */
export function pstateText(spsr: bigint): string {
  const binary = (from: number): string => bits(spsr, from, 4).toString(2).padStart(4, '0');
  return [
    modeOf(spsr),
    `DAIF ${binary(6)}`,
    `NZCV ${binary(28)}`,
    ...(bit(spsr, 20) ? ['IL'] : []),
    ...(bit(spsr, 21) ? ['SS'] : []),
  ].join(', ');
}

/** The way of an address through its stages, a line for each descriptor. */
export function walkLines({ stages, pa }: Translation, memory: PhysicalView): string[] {
  const lines = stages.flatMap((walk) => [headOf(walk), ...stepLines(walk), ...endOf(walk)]);
  if (pa !== undefined && !stages.some(({ fault }) => fault))
    lines.push(`  physical ${hex(pa)}: ${memory.describe(pa) ?? 'nothing is there'}`);
  return lines;
}

function headOf({ input, stage, number: absent }: Walk): string {
  if (!stage && absent === 2) return `walk of ${hex(input)}, stage 2: VTCR_EL2 is not valid`;
  if (!stage) return `walk of ${hex(input)}: stage 1 is off, or has no tables for it`;
  const { number, table, tableValue, granuleBits, inputBits, startLevel } = stage;
  return `walk of ${hex(input)}, stage ${number}: ${table} ${hex(tableValue)}, ${granuleName(granuleBits)} granule, ${inputBits} bits, from level ${startLevel}`;
}

function stepLines({ steps, stage }: Walk): string[] {
  return steps.map(({ level, address, descriptor, kind }) => {
    if (descriptor === undefined || kind === 'unreadable' || !stage) return `  level ${level}  ${hex64(address)}  cannot be read`;
    return `  level ${level}  ${hex64(address)}  ${hex64(descriptor)}  ${describeDescriptor(descriptor, kind, stage)}`;
  });
}

function endOf({ fault, output, stage }: Walk): string[] {
  if (fault) return [`  ${fault.kind} fault: ${fault.reason}`];
  return stage?.number === 1 && output !== undefined ? [`  to ${hex(output)}`] : [];
}

/** The newest first. */
export function branchLines(branches: readonly Branch[], death: Death): string[] {
  const place = (address: bigint): string => {
    const name = nameOf(death.symbols, address);
    return `${hex64(address)}${name ? ` ${name}` : ''}`;
  };
  const rows = branches.toReversed().map((branch) => {
    const code = instructionAt(death, branch.from, branch.el)?.text ?? '';
    const what = branch.kind === 'branch' ? code : branch.kind;
    const times = branch.times > 1 ? `  ${branch.times} times` : '';
    return { from: place(branch.from), to: place(branch.to), what: `${what}${times}` };
  });
  const width = (key: 'from' | 'to'): number => Math.min(60, Math.max(...rows.map((row) => row[key].length)));
  const [from, to] = [width('from'), width('to')];
  return rows.map((row) => `  ${row.from.padEnd(from)}  ->  ${row.to.padEnd(to)}  ${row.what}`.trimEnd());
}

/** General registers, four in a line. */
export function registerLines(core: CoreView, symbols: SymbolView): string[] {
  const digits = (value: bigint): string => BigInt.asUintN(64, value).toString(16).padStart(16, '0');
  const name = nameOf(symbols, core.pc);
  const lines = [
    `core ${core.index} at EL${core.get32('EL')}, PC ${digits(core.pc)}${name ? ` ${name}` : ''}, SP ${digits(core.x(31))}`,
  ];
  for (let n = 0; n < 31; n += 4) {
    const some = [0, 1, 2, 3].filter((k) => n + k < 31);
    lines.push(some.map((k) => `${`X${n + k}`.padStart(4)} ${digits(core.x(n + k))}`).join(''));
  }
  return lines;
}
