import { disassemble } from '../../emulator/debug/isa.ts';
import type { Difference } from './comparer.ts';
import type { Followed } from './follower.ts';
import type { Step } from './history.ts';
import type { Comparison } from './run.ts';

const hex = (value: bigint): string => value.toString(16).padStart(16, '0');

/** The outcome for a person. */
export function report({ count, difference, followed }: Comparison): string {
  const outcome = difference ? reportDifference(difference) : `${count} instructions agree`;
  return `${outcome}\n${reportFollowed(followed)}\n`;
}

function reportDifference({ steps, before, number, mismatches, what }: Difference): string {
  const which = steps.length > 1 ? `one of the instructions ${number} to ${number + steps.length - 1}` : `instruction ${number}`;
  return [
    `${which} differs:`,
    ...listing(steps, number),
    ...(what ? [`  ${what}`] : []),
    ...mismatches.map(({ name, ours, theirs }) => `  ${name}: ours ${hex(ours)}, QEMU ${hex(theirs)}`),
    'before:',
    ...listing(before, number - before.length),
  ].join('\n');
}

function listing(steps: readonly Step[], first: number): string[] {
  return steps.map(({ pc, word }, i) => {
    const bytes = word.toString(16).padStart(8, '0');
    return `  ${first + i}  ${hex(pc)}  ${bytes}  ${disassemble(word, pc) ?? `.inst 0x${bytes}`}`;
  });
}

function reportFollowed({ counters, countersNs, events, names, interrupts, lateNs, earlyNs, waits }: Followed): string {
  return (
    `followed: ${counters} reads of counters (by at most ${countersNs} ns), ${events} of event counters; ` +
    `${interrupts} interrupts (ours up to ${lateNs} ns before, ${earlyNs} ns after); ${waits} waits` +
    (names.size > 0 ? `; values of ${[...names].join(', ')}` : '')
  );
}
