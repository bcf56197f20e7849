import type { Entry } from '../entry.ts';
import { cellState } from './cell-state.ts';
import { consoleByte } from './console.ts';
import { NOT_SUPPORTED, type Hypercall } from './hypercall.ts';
import { map } from './map.ts';
import { notify } from './notify.ts';
import { take } from './take.ts';
import { time } from './time.ts';
import { version } from './version.ts';
import { wait } from './wait.ts';
import { yieldTurn } from './yield.ts';

/** All calls, by number. */
export const hypercalls: readonly Hypercall[] = [version, notify, wait, yieldTurn, map, time, consoleByte, cellState, take];

const NUMBER = 0xffff;

/** Serves a call of the vendor-specific hypervisor range: its number is in the low bits of its identifier. */
export function hypercall(entry: Entry, id: number): void {
  const { processor } = entry;
  const call = hypercalls[id & NUMBER];
  const { status, values } = call?.serve(entry, Number(processor.x(1)), Number(processor.x(2))) ?? NOT_SUPPORTED;
  processor.setX(0, BigInt(status));
  values.forEach((value, n) => processor.setX(n + 1, BigInt(value)));
}
