import type { Clock, Device, DeviceState, Line } from '../device.ts';
import { EventSource, type EventSourceState, type Period } from './event-source.ts';
import { copyOfStatistics, histogramBoundsNs, type EventStatistics } from './statistics.ts';

/** The radio of a baseband: exact frames, bursts of data, and how well the guest keeps up. README.md beside this has its registers. */
export interface Radio extends Device {
  statistics(): RadioStatistics;
}

export type RadioSource = keyof typeof periods;
/** An event for which the interrupt is raised, that the guest begins with it, and that it is done. */
export type RadioMoment = 'irq' | 'task' | 'done';
/** How well the guest answered, by source, where the source had an event. */
export interface RadioStatistics {
  /** Of all histograms: upper bounds of their columns but the last. */
  histogramBoundsNs: readonly number[];
  sources: Partial<Record<RadioSource, EventStatistics>>;
}

export interface RadioOptions {
  irq: Line;
  clock: Clock;
  /** Told at which virtual time what happened. */
  watch?: (source: RadioSource, moment: RadioMoment, atNs: number) => void;
}

const periods = {
  gsmFrame: { ns: 60_000_000, parts: 13 },
  gsmBurst: { ns: 15_000_000, parts: 26 },
  cdmaFrame: { ns: 20_000_000, parts: 1 },
  cdmaGroup: { ns: 1_250_000, parts: 1 },
} as const satisfies Record<string, Period>;
const names = Object.keys(periods) as RadioSource[];
/** The shortest from one event of a source to the next, in virtual ns. */
export const radioDistancesNs = Object.fromEntries(
  names.map((name) => [name, Math.floor(periods[name].ns / periods[name].parts)]),
) as Readonly<Record<RadioSource, number>>;
const ALL_SOURCES = 2 ** names.length - 1;
const GSM_FRAME = names.indexOf('gsmFrame');
const CDMA_GROUP = names.indexOf('cdmaGroup');

const [ID, CONTROL, INT_ENABLE, INT_STATUS] = [0x00, 0x04, 0x08, 0x0c];
const [RX_DATA, RX_COUNT, TX_DATA, TX_ROOM, RX_LOST, TX_LOST] = [0x20, 0x24, 0x28, 0x2c, 0x30, 0x34];
const POWER = 0x38;
const [COUNT, TIME_LOW, TIME_HIGH, ACCEPT, DONE, DEADLINE] = [0x00, 0x08, 0x0c, 0x10, 0x14, 0x18];
const STATISTICS = 0x1c;
const [RELEASE_HISTOGRAM, RESPONSE_HISTOGRAM] = [0x40, 0x80];
const SOURCE_WINDOW = 0x100;

const ID_VALUE = 0x4d44_5431;
const FRAME_WORDS = 40;
const FIFO_WORDS = 2 * FRAME_WORDS;

export function createRadio({ irq, clock, watch }: RadioOptions): Radio {
  const powerOn = () => ({ enable: 0, raw: 0, rxLost: 0, txLost: 0, heldTime: 0, hasPower: false });
  let registers = powerOn();
  let rx: number[] = [];
  let tx: number[] = [];
  const sources = names.map(
    (name, n) =>
      new EventSource(
        clock,
        periods[name],
        () => hasAll(n),
        () => happened(n),
      ),
  );

  const update = () => irq.set((registers.raw & registers.enable) !== 0);

  function hasAll(n: number): boolean {
    if (n === GSM_FRAME) return tx.length >= FRAME_WORDS;
    return n !== CDMA_GROUP || registers.hasPower;
  }

  function happened(n: number) {
    if (n === GSM_FRAME) exchange();
    if (n === CDMA_GROUP) registers.hasPower = false;
    registers.raw |= 1 << n;
    if (registers.enable & (1 << n)) watch?.(names[n] as RadioSource, 'irq', (sources[n] as EventSource).lastEventNs);
    update();
  }

  /** A frame's bursts go out and come back; what nobody has read of those before is gone. */
  function exchange() {
    registers.rxLost += rx.length;
    rx = tx.splice(0, FRAME_WORDS);
  }

  function control(value: number) {
    for (const [n, source] of sources.entries()) {
      const isWanted = (value & (1 << n)) !== 0;
      if (isWanted && !source.isRunning) source.start();
      if (!isWanted && source.isRunning) source.stop();
    }
  }

  function readSource(source: EventSource, offset: number): number {
    const { statistics } = source;
    if (offset >= RESPONSE_HISTOGRAM) return statistics.response.histogram[(offset - RESPONSE_HISTOGRAM) >> 2] ?? 0;
    if (offset >= RELEASE_HISTOGRAM) return statistics.release.histogram[(offset - RELEASE_HISTOGRAM) >> 2] ?? 0;
    if (offset >= STATISTICS) {
      const { completed, missed, late, stray, release, response } = statistics;
      const durations = [release, response].flatMap(({ shortestNs, longestNs }) => [shortestNs, longestNs]);
      return [source.periodNs, completed, missed, late, stray, ...durations][(offset - STATISTICS) >> 2] ?? 0;
    }
    switch (offset) {
      case COUNT:
        return statistics.events;
      case TIME_LOW:
        registers.heldTime = Math.floor(source.lastEventNs / 2 ** 32);
        return source.lastEventNs;
      case TIME_HIGH:
        return registers.heldTime;
      case DEADLINE:
        return source.deadlineNs;
      default:
        return 0;
    }
  }

  function writeSource(source: EventSource, offset: number, value: number) {
    const answered = (moment: RadioMoment): void => watch?.(names[sources.indexOf(source)] as RadioSource, moment, clock.nowNs());
    if (offset === ACCEPT) {
      if (source.accept(value)) answered('task');
    } else if (offset === DONE) {
      if (source.complete(value)) answered('done');
    } else if (offset === DEADLINE) source.deadlineNs = value;
  }

  function read(offset: number): number {
    for (const source of sources) source.catchUp();
    const source = sources[Math.floor(offset / SOURCE_WINDOW) - 1];
    if (source) return readSource(source, offset % SOURCE_WINDOW);
    switch (offset) {
      case ID:
        return ID_VALUE;
      case CONTROL:
        return sources.reduce((bits, { isRunning }, n) => bits | (isRunning ? 1 << n : 0), 0);
      case INT_ENABLE:
        return registers.enable;
      case INT_STATUS:
        return registers.raw;
      case RX_DATA:
        return rx.shift() ?? 0;
      case RX_COUNT:
        return rx.length;
      case TX_ROOM:
        return FIFO_WORDS - tx.length;
      case RX_LOST:
        return registers.rxLost;
      case TX_LOST:
        return registers.txLost;
      default:
        return 0;
    }
  }

  function write(offset: number, value: number) {
    for (const source of sources) source.catchUp();
    const source = sources[Math.floor(offset / SOURCE_WINDOW) - 1];
    if (source) return writeSource(source, offset % SOURCE_WINDOW, value);
    switch (offset) {
      case CONTROL:
        return control(value);
      case INT_ENABLE:
        registers.enable = value & ALL_SOURCES;
        return update();
      case INT_STATUS:
        registers.raw &= ~value;
        return update();
      case TX_DATA:
        if (tx.length < FIFO_WORDS) tx.push(value);
        else registers.txLost++;
        return;
      case POWER:
        registers.hasPower = true;
    }
  }

  return {
    kind: 'radio',
    read: (offset, size) => partOf(read(offset & ~3), offset & 3, size),
    write: (offset, _size, value) => write(offset & ~3, value >>> 0),
    reset() {
      for (const source of sources) source.reset();
      [registers, rx, tx] = [powerOn(), [], []];
      update();
    },
    save: (): DeviceState => ({ ...registers, rx: [...rx], tx: [...tx], sources: sources.map((source) => source.save()) }),
    restore(state) {
      const { rx: received, tx: sent, sources: states, ...rest } = state;
      registers = rest as typeof registers;
      [rx, tx] = [[...(received as number[])], [...(sent as number[])]];
      (states as EventSourceState[]).forEach((each, n) => sources[n]?.restore(each));
      update();
    },
    statistics() {
      const happened = names.flatMap((name, n) => {
        const { statistics } = sources[n] as EventSource;
        return statistics.events > 0 ? [[name, copyOfStatistics(statistics)] as const] : [];
      });
      return { histogramBoundsNs, sources: Object.fromEntries(happened) };
    },
  };
}

/** `size` bytes of a register from byte `at` on, unsigned. */
function partOf(value: number, at: number, size: number): number {
  return Math.floor((value % 2 ** 32) / 2 ** (8 * at)) % 2 ** (8 * size);
}
