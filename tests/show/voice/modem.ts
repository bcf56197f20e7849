import type { RunningHandset } from '../support/handset.ts';

/** What the baseband's `stat` says of a call (resources/guests/baseband/main.c), in frames of 20 ms where nothing else is said. */
export interface ModemCounts {
  readonly encoded: number;
  /** Taken by the radio in time, and not there when it wanted them. */
  readonly sent: number;
  readonly late: number;
  /** CRC-32 of what was encoded, as 8 hexadecimal digits. */
  readonly digest: string;
  /** Came back from the air otherwise than they went. */
  readonly wrong: number;
  /** Bursts in which no training sequence was heard. */
  readonly unheard: number;
  /** Linux's speech; silence before the first of it, and since; how often it stopped. */
  readonly spoken: number;
  readonly silentBefore: number;
  readonly silentSince: number;
  readonly gaps: number;
  /** Packets from Linux that did not arrive, and how often it began anew. */
  readonly lost: number;
  readonly damaged: number;
  readonly sessions: number;
  readonly upMs: number;
}

const [count, hex] = ['(\\d+)', '([\\da-f]{8})'];
const shape = new RegExp(
  [
    `blocks +sent ${count}, received ${count}, wrong ${count}; bursts unheard ${count}`,
    `voice +encoded ${count}, sent ${count}, late ${count}, decoded ${count}, digest ${hex}`,
    `phone +spoke ${count}, silent ${count} before and ${count} since, ${count} gaps, ${count} too many`,
    `link +received ${count}, lost ${count}, damaged ${count}, began anew ${count}`,
    `up ${count} ms`,
  ].join('[^]*?'),
);

/** Asks the baseband at its console. Everything is NaN where it does not answer within 2 s. */
export function askModem(handset: RunningHandset): ModemCounts {
  const before = handset.consoles['modem']!.length;
  const answer = (): RegExpExecArray | null => shape.exec(handset.consoles['modem']!.slice(before).replaceAll('\r', ''));
  handset.type('modem', 'stat\n');
  for (const end = handset.machine.nowNs + 2e9; !answer() && handset.machine.nowNs < end;) {
    const now = handset.machine.nowNs;
    handset.runTo(now + 20e6);
    if (handset.machine.nowNs === now) break;
  }
  const words = answer() ?? [];
  const at = (index: number): number => Number(words[index] ?? NaN);
  return {
    ...{ wrong: at(3), unheard: at(4), encoded: at(5), sent: at(6), late: at(7), digest: words[9] ?? '' },
    ...{ spoken: at(10), silentBefore: at(11), silentSince: at(12), gaps: at(13) },
    ...{ lost: at(16), damaged: at(17), sessions: at(18), upMs: at(19) },
  };
}
