/** The commands of an ITS (IHI 0069, "ITS commands"). */
import { FIRST_LPI } from '../../gic/candidate.ts';
import { INTID_BITS, type Lpis } from '../lpis.ts';
import { ID_BITS, isMiss, type DeviceEntry, type Miss, type Tables, type TranslationEntry } from './tables.ts';
import { field, type Words } from './words.ts';

export const COMMAND_BYTES = 32;

/** What commands work on: tables, and the LPIs of the cores by number. */
export interface Translator {
  readonly tables: Tables;
  readonly lpis: readonly Lpis[];
}

/** Undefined: it is done. One that misses something has changed nothing. */
type Outcome = Miss | undefined;
type Command = (its: Translator, words: Words) => Outcome;

/** Fields of commands, where each that has one has it. */
const deviceOf = (words: Words): number => field(words, 32, 32);
const eventOf = (words: Words): number => field(words, 64, 32);
const collectionOf = (words: Words): number => field(words, 128, 16);
const isMap = (words: Words): boolean => field(words, 191, 1) === 1;
/** With GITS_TYPER.PTA = 0 an RDbase is a number of a core (GICR_TYPER.Processor_Number). */
const coreOf = (words: Words, from: number): number => field(words, from, 16);

interface Found extends TranslationEntry {
  readonly device: DeviceEntry;
  readonly lpis: Lpis;
}

/** All that an event leads to. */
function find(its: Translator, deviceId: number, event: number): Found | Miss {
  const device = its.tables.device(deviceId);
  if (isMiss(device)) return device;
  const entry = its.tables.translation(device, event);
  if (isMiss(entry)) return entry;
  const lpis = lpisOf(its, entry.collection);
  return isMiss(lpis) ? lpis : { ...entry, device, lpis };
}

function lpisOf({ tables, lpis }: Translator, collection: number): Lpis | Miss {
  const core = tables.collection(collection);
  return isMiss(core) ? core : (lpis[core] ?? 'invalid');
}

/** An event of a device becomes an LPI: a message, or the command INT. */
export function raise(its: Translator, deviceId: number, event: number): Outcome {
  const found = find(its, deviceId, event);
  if (isMiss(found)) return found;
  found.lpis.setPending(found.intid);
  return undefined;
}

/** A command that looks an event up and acts on what it leads to. */
function onEvent(act: (its: Translator, found: Found, words: Words) => Outcome): Command {
  return (its, words) => {
    const found = find(its, deviceOf(words), eventOf(words));
    return isMiss(found) ? found : act(its, found, words);
  };
}

/** The INTID is a command's, or (MAPI) that of the event. */
function mapEvent(its: Translator, words: Words, intid: number): Outcome {
  const device = its.tables.device(deviceOf(words));
  if (isMiss(device)) return device;
  const collection = collectionOf(words);
  const isLpi = intid >= FIRST_LPI && intid < 2 ** INTID_BITS;
  if (!isLpi || !its.tables.hasCollection(collection)) return 'invalid';
  return its.tables.setTranslation(device, eventOf(words), { intid, collection });
}

const commands: Readonly<Record<number, Command>> = {
  // MOVI
  0x01: onEvent((its, { intid, device, lpis }, words) => {
    const collection = collectionOf(words);
    const target = lpisOf(its, collection);
    if (isMiss(target)) return target;
    if (target !== lpis) lpis.move(intid, target);
    return its.tables.setTranslation(device, eventOf(words), { intid, collection });
  }),
  // INT
  0x03: (its, words) => raise(its, deviceOf(words), eventOf(words)),
  // CLEAR
  0x04: onEvent((_its, { intid, lpis }) => void lpis.clearPending(intid)),
  // SYNC: all commands have taken effect when they are read.
  0x05: () => undefined,
  // MAPD
  0x08: (its, words) => {
    const id = deviceOf(words);
    if (!isMap(words)) return its.tables.setDevice(id, undefined);
    const eventBits = field(words, 64, 5) + 1;
    if (eventBits > ID_BITS) return 'invalid';
    return its.tables.setDevice(id, { events: 2 ** eventBits, translations: field(words, 128 + 8, 44) * 256 });
  },
  // MAPC
  0x09: (its, words) => {
    const core = isMap(words) ? coreOf(words, 128 + 16) : undefined;
    if (core !== undefined && core >= its.lpis.length) return 'invalid';
    return its.tables.setCollection(collectionOf(words), core);
  },
  // MAPTI
  0x0a: (its, words) => mapEvent(its, words, field(words, 96, 32)),
  // MAPI
  0x0b: (its, words) => mapEvent(its, words, eventOf(words)),
  // INV
  0x0c: onEvent((_its, { intid, lpis }) => void lpis.read(intid)),
  // INVALL: as on QEMU of all collections, not of the one that it names.
  0x0d: (its) => void its.lpis.forEach((lpis) => lpis.readAll()),
  // MOVALL
  0x0e: (its, words) => {
    const [from, to] = [its.lpis[coreOf(words, 128 + 16)], its.lpis[coreOf(words, 192 + 16)]];
    if (!from || !to) return 'invalid';
    if (from !== to) from.moveAll(to);
    return undefined;
  },
  // DISCARD
  0x0f: onEvent((its, { intid, device, lpis }, words) => {
    lpis.clearPending(intid);
    return its.tables.setTranslation(device, eventOf(words), undefined);
  }),
};

/** Carries a command out. Those of GICv4, and numbers that are none, are errors, which do nothing. */
export function execute(its: Translator, words: Words): Outcome {
  const command = commands[field(words, 0, 8)];
  return command ? command(its, words) : 'invalid';
}
