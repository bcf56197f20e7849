/**
 * What deadlines of a handset file begin and end with: `DEVICE.EVENT` and `CELL.EVENT`. The check of the file, the monitor and the
 * documentation (resources/docs/how-to/run-several-cells.md) have their names from here.
 */
import type { DeviceKind } from '../../../boards/board.ts';
import type { RadioSource } from '../../../devices/radio/radio.ts';

/** By their names in events. */
export const radioSources = {
  frame: 'gsmFrame',
  burst: 'gsmBurst',
  'cdma-frame': 'cdmaFrame',
  'cdma-group': 'cdmaGroup',
} as const satisfies Record<string, RadioSource>;
export type RadioSourceName = keyof typeof radioSources;
export const radioSourceNames = Object.keys(radioSources) as RadioSourceName[];

/** Of any device that a cell can have whole. */
const ofDevice = { irq: 'it raises its interrupt' } as const;
const ofRadio = { irq: 'begins, and the radio raises its interrupt for it' } as const;

/** Of any cell. Where the deadline begins with an interrupt of one of its devices, this is about that interrupt. */
const ofCell = {
  irq: 'it takes an interrupt',
  done: 'it ends an interrupt',
  wait: 'it has nothing more to do, and waits',
} as const;
/** Of a cell that has the radio. */
const withRadio = {
  task: "its task has begun with it (the radio's ACCEPT)",
  done: "its task is done with it (the radio's DONE)",
} as const;

export type CellEvent = keyof typeof ofCell;
export type RadioAnswer = keyof typeof withRadio;

/** An event's name behind the dot, and what it is. */
export type EventTexts = ReadonlyMap<string, string>;

const ofSources = (texts: Readonly<Record<string, string>>): [string, string][] =>
  radioSourceNames.flatMap((source) =>
    Object.entries(texts).map(([event, text]): [string, string] => [`${source}-${event}`, `a ${source}: ${text}`]),
  );

/** The events of a device of the board. */
export function eventsOfDevice(kind: DeviceKind): EventTexts {
  return new Map([...Object.entries(ofDevice), ...(kind === 'radio' ? ofSources(ofRadio) : [])]);
}

/** The events of a cell. */
export function eventsOfCell(hasRadio: boolean): EventTexts {
  return new Map([...Object.entries(ofCell), ...(hasRadio ? ofSources(withRadio) : [])]);
}
