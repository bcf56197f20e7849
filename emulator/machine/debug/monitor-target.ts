import type { HidKind } from '../../base/hid.ts';
import type { DeviceRow, FocusView, InterruptRow, InterruptRows, MonitorTarget } from '../../debug/monitor/target.ts';
import { INTID_OF_SPI, type Board } from '../../boards/board.ts';
import { sourceOf } from '../../boards/interrupt-source.ts';
import type { DeviceState, DeviceValue } from '../../devices/device.ts';
import { intidOf, priorityOf } from '../../devices/gic/candidate.ts';
import type { Machine } from '../machine.ts';
import { pictureOf } from '../picture.ts';
import type { MachineConfig, MachineHost } from '../types.ts';
import { explainException, symbolsOfConfig } from './explain-death.ts';
import type { Inspection } from './inspect.ts';

/** Bytes of a device's state that are shown. */
const SHOWN = 32;

/** What the monitor sees of a machine between two of its turns. `runtime`: the module that the machine was made from. */
export function monitorTarget(machine: Machine, state: string, runtime: Uint8Array, host: MachineHost): MonitorTarget {
  const inspection = machine.inspect();
  const { cores, memory, paBits, config } = inspection;
  return {
    ...{ cores, memory, paBits, symbols: symbolsOfConfig(config) },
    devices: devicesOf(inspection),
    nics: config.nics?.length ?? 0,
    screens: machine.screens.map((screen) => ({
      ...{ name: screen.name, width: screen.surface.width, height: screen.surface.height },
      picture: () => pictureOf(machine, screen),
    })),
    focus: focusOf(machine),
    inputs: inputsOf(config),
    cells: machine.cells ?? [],
    deadlines: machine.watchedDeadlines ?? [],
    interrupts: () => interruptsOf(inspection),
    radio: () => machine.hardware.radio?.statistics(),
    idle: () => machine.hardware.hosted?.hypervisor.idle(),
    status: () => ({ state, virtualNs: machine.nowNs, instructions: machine.instructions }),
    explain: (core) => explainException(machine, core, runtime, host),
  };
}

/** Of all cells, where there are some. */
function inputsOf({ cells, inputs }: MachineConfig): HidKind[] {
  if (!cells) return (inputs ?? []).map(({ kind }) => kind);
  return cells.cells.flatMap(({ devices }) => devices.flatMap((device) => (device.kind === 'input' ? [device.input] : [])));
}

function focusOf({ hardware: { hosted } }: Machine): FocusView | undefined {
  const focus = hosted?.display?.focus;
  if (!hosted || !focus) return undefined;
  return {
    names: hosted.cells.map(({ config }) => config.name),
    foreground: focus.foreground,
    taken: focus.isTaken ? focus.secure : undefined,
    canHave: (cell) => focus.canHave(cell),
  };
}

function devicesOf({ windows, board, states }: Inspection): DeviceRow[] {
  return windows.map(({ name, base, size, device }) => {
    const spi = board.devices.find((entry) => entry.name === name)?.spi;
    return {
      ...{ name, base, size, kind: device.kind },
      ...(spi === undefined ? {} : { intid: INTID_OF_SPI + spi }),
      state: () => stateLines(states().find(([other]) => other === name)?.[1] ?? {}),
    };
  });
}

/** `name: value` a line; lists of objects by their index. */
function stateLines(state: DeviceState, prefix = ''): string[] {
  return Object.entries(state).flatMap(([name, value]) => valueLines(`${prefix}${name}`, value));
}

function valueLines(name: string, value: DeviceValue): string[] {
  if (value instanceof Uint8Array) {
    const shown = [...value.subarray(0, SHOWN)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    return [`${name}: ${shown}${value.length > SHOWN ? ` ... (${value.length} bytes)` : ''}`];
  }
  if (Array.isArray(value)) {
    if (value.some((one) => typeof one === 'object' && one !== null))
      return value.flatMap((one, n) => valueLines(`${name}[${n}]`, one));
    return [`${name}: ${value.slice(0, SHOWN).join(' ')}${value.length > SHOWN ? ` ... (${value.length})` : ''}`];
  }
  if (typeof value === 'object' && value !== null) return stateLines(value, `${name}.`);
  return [`${name}: ${typeof value === 'number' && value > 9 ? `0x${value.toString(16)}` : String(value)}`];
}

/** Interrupts by what the GIC saves: the same for both versions, but for where it lies. */
function interruptsOf({ states, board, config }: Inspection): InterruptRows {
  const saved = new Map(states());
  const distributor = saved.get('gicd') ?? {};
  const isV3 = config.gic === 3;
  const private_ = list(isV3 ? saved.get('gicr')?.['cores'] : distributor['cores']);
  const shared = list(isV3 ? distributor['banks'] : distributor['shared']);
  const interfaces = list(isV3 ? saved.get('gicr')?.['cores'] : saved.get('gicc')?.['cores']);
  return {
    controller: isV3 ? 'GICv3' : 'GICv2',
    groups: Number(distributor['ctlr'] ?? 0),
    rows: [
      ...private_.flatMap((core, index) => bankRows(core['bank'] as DeviceState, 0, board, index)),
      ...shared.flatMap((bank, n) => bankRows(bank, 32 * (n + 1), board)),
      ...private_.flatMap((core, index) => lpiRows(core['lpis'] as DeviceState | undefined, index)),
    ],
    interfaces: interfaces.map((core) => {
      const { pmr, enabledGroups } = core['cpu'] as { pmr: number; enabledGroups: number };
      return { priorityMask: pmr, groups: enabledGroups };
    }),
  };
}

const list = (value: DeviceValue | undefined): DeviceState[] => (Array.isArray(value) ? (value as DeviceState[]) : []);

function bankRows(bank: DeviceState, first: number, board: Board, core?: number): InterruptRow[] {
  const priorities = bank['priority'] as Uint8Array;
  const at = (field: string, n: number): boolean => (((bank[field] as number) >>> n) & 1) !== 0;
  return Array.from({ length: 32 }, (_, n) => {
    const [level, edge] = [at('level', n), at('edge', n)];
    return {
      ...{ intid: first + n, source: sourceOf(first + n, board), level, edge },
      ...(core === undefined ? {} : { core }),
      group: at('group', n) ? 1 : 0,
      priority: priorities[n] as number,
      enabled: at('enabled', n),
      // A level-sensitive interrupt is pending while its line is high.
      pending: at('latched', n) || (level && !edge),
      active: at('active', n),
    };
  });
}

/** LPIs that are pending and enabled; what else there is of them lies in the guest's tables. */
function lpiRows(lpis: DeviceState | undefined, core: number): InterruptRow[] {
  return ((lpis?.['ready'] ?? []) as number[]).map((one) => {
    const [intid, priority] = [intidOf(one), priorityOf(one)];
    const fixed = { group: 1, enabled: true, pending: true, active: false, level: false, edge: true };
    return { intid, core, source: `LPI ${intid}`, priority, ...fixed };
  });
}
