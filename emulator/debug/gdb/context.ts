import type { DebugTarget, Stop } from '../target.ts';

/** What is said between the debugger and us, beside what the machine holds. */
export interface Context {
  readonly target: DebugTarget;
  /** The core that registers and memory are meant of (`Hg`), and the one that is stepped (`Hc`). */
  core: number;
  stepped: number;
  /** What the machine stands at; `undefined` while it runs. */
  stop: Stop | undefined;
  /** Whether the debugger knows the reasons `swbreak` and `hwbreak`. */
  knowsBreakReasons: boolean;
  /** Addresses of breakpoints, by the letter of their kind: `0` software, `1` hardware. */
  readonly breakpoints: Map<bigint, Set<string>>;
  /** Sends text for the debugger's console. */
  print(text: string): void;
}

/**
 * Answers a packet by what follows its name: the body of the answer; empty where we do not know such a packet; `undefined` where no answer
 * belongs to it, or a later one.
 */
export type Handler = (context: Context, rest: string) => string | undefined;

/** Error answers: GDB shows the number, which is one of errno. */
export const errors = { notFound: 'E02', noMemory: 'E14', invalid: 'E22', tooMany: 'E28' } as const;

/** Cores are threads, numbered from 1. `undefined` where there is no such core; -1 and 0 stand for all and for any. */
export function parseThread(context: Context, text: string): number | undefined {
  if (text === '-1' || text === '0') return text === '0' ? 0 : -1;
  if (!/^[\da-f]{1,4}$/i.test(text)) return undefined;
  const thread = Number.parseInt(text, 16);
  return thread <= context.target.cores ? thread : undefined;
}
