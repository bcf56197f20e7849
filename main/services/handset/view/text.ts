/** What a machine will be, as text tables. */
import { admissionText } from '../../../../emulator/machine/admission.ts';
import { table } from '../text-table.ts';
import { formatSize } from '../units.ts';
import type { CellView, DisplayView, MachineView, MemoryRow } from './types.ts';

export function viewText(view: MachineView): string {
  const { handset, board, cores, clockHz, gic, hypervisor, memory, interrupts, cells, access, display, schedule } = view;
  const names = cells.map(({ name }) => name);
  const machine = `${handset}: board ${board}, ${cores} ${cores === 1 ? 'core' : 'cores'} of ${clockHz / 1e6} MHz, GICv${gic}`;
  const who = hypervisor
    ? `${names.length} ${names.length === 1 ? 'cell' : 'cells'} under the hypervisor`
    : `${names[0]} has the machine to itself`;
  const board_ = table(
    ['from', 'to', 'size', 'what', 'owner'],
    together(memory).map(({ base, size, what, owner = '' }) => [...range(base, size), what, owner]),
  );
  const parts = [
    `${machine}\n${who}\n`,
    `Memory of the board\n${board_}`,
    ...(hypervisor ? cells.map(cellText) : []),
    `Interrupts of the board\n${table(
      ['INTID', 'what', 'taken by'],
      togetherByName(interrupts).map(({ intid, what, to }) => [intid, what, to]),
    )}`,
    `Access\n${table(
      ['', ...names],
      access.map(({ what, rights }) => [what, ...names.map((name) => rights[name] ?? '-')]),
    )}`,
    ...(display ? [displayText(display)] : []),
    ...(schedule ? [`Schedule\n${admissionText(schedule)}\n`] : []),
  ];
  return parts.join('\n');
}

function displayText({ width, height, rotation, parts }: DisplayView): string {
  const turned = rotation === 0 ? '' : `, turned by ${rotation} degrees`;
  const rows = parts.map((part) => [`${part.x}, ${part.y}`, `${part.width} x ${part.height}`, part.shows]);
  return `Display (${width} x ${height}${turned})\n${table(['from', 'size', 'shows'], rows)}`;
}

function cellText({ name, cpus, cores, map, memory, interrupts }: CellView): string {
  const rows = together(memory).map(({ base, size, what, rights, physical }) => [
    ...range(base, size),
    ...[what, rights, physical === undefined ? 'hypervisor' : hex(physical)],
  ]);
  const lines = interrupts.map(({ intid, what, from }) => [String(intid), what, from]);
  const where = `${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'} on core${cores.length === 1 ? '' : 's'} ${cores.join(', ')}`;
  const like = map === undefined ? '' : `, the map of ${map}`;
  return [
    `Memory of ${name} (${where}${like})\n${table(['from', 'to', 'size', 'what', 'may', 'answered by'], rows)}`,
    `Interrupts of ${name}\n${table(['INTID', 'what', 'from'], lines)}`,
  ].join('\n');
}

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;
const range = (base: number, size: number): string[] => [hex(base), hex(base + size - 1), formatSize(size)];

/** `virtio0` to `virtio31` in one row: they differ in their number only. */
function together<T extends MemoryRow>(rows: readonly T[]): T[] {
  const merged: T[] = [];
  for (const row of rows) {
    const last = merged.at(-1);
    const isNext =
      last && isSlot(row.what) && isSlot(last.what) && last.owner === row.owner && last.base + last.size === row.base;
    if (isNext) merged.splice(-1, 1, { ...last, size: last.size + row.size, what: spanOf(last.what, row.what) });
    else merged.push(row);
  }
  return merged;
}

function togetherByName(rows: MachineView['interrupts']): { intid: string; what: string; to: string }[] {
  const merged: { first: number; last: number; what: string; to: string }[] = [];
  for (const { intid, what, to } of rows) {
    const before = merged.at(-1);
    if (before && isSlot(what) && isSlot(before.what) && before.last + 1 === intid && before.to === to) {
      merged.splice(-1, 1, { ...before, last: intid, what: spanOf(before.what, what) });
    } else merged.push({ first: intid, last: intid, what, to });
  }
  return merged.map(({ first, last, ...rest }) => ({ intid: first === last ? String(first) : `${first}-${last}`, ...rest }));
}

const isSlot = (what: string): boolean => /^virtio\d+(-\d+)?$/.test(what);
const spanOf = (first: string, last: string): string => `${first.replace(/-\d+$/, '')}-${last.replace(/^virtio/, '')}`;
