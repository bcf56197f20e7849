/** Cores as threads. */
import type { Context, Handler } from './context.ts';
import { errors, parseThread } from './context.ts';
import { escapeXml, hexOfText } from './text.ts';

const all = ({ target }: Context): number[] => Array.from({ length: target.cores }, (_, core) => core + 1);

/** `H op thread`. */
export const choose: Handler = (context, rest) => {
  const thread = parseThread(context, rest.slice(1));
  if (thread === undefined || !/^[gc]/.test(rest)) return errors.invalid;
  // Any, and all: the one that stopped.
  const core = thread > 0 ? thread - 1 : (context.stop?.core ?? context.core);
  if (rest.startsWith('g')) context.core = core;
  else context.stepped = core;
  return 'OK';
};

export const isAlive: Handler = (context, rest) => ((parseThread(context, rest) ?? 0) > 0 ? 'OK' : errors.notFound);

export const current: Handler = (context) => `QC${(context.core + 1).toString(16)}`;

export const first: Handler = (context) =>
  `m${all(context)
    .map((thread) => thread.toString(16))
    .join(',')}`;

export const further: Handler = () => 'l';

/** `qThreadExtraInfo,thread`. */
export const extraInfo: Handler = (context, rest) => {
  const thread = parseThread(context, rest) ?? 0;
  return thread > 0 ? hexOfText(context.target.describe(thread - 1)) : errors.invalid;
};

/** The document of `qXfer:threads:read` (GDB manual, E.16). */
export function threadList(context: Context): string {
  const lines = all(context).map((thread) => {
    const text = escapeXml(context.target.describe(thread - 1));
    return `  <thread id="${thread.toString(16)}" core="${thread - 1}" name="core ${thread - 1}">${text}</thread>`;
  });
  return ['<?xml version="1.0"?>', '<threads>', ...lines, '</threads>', ''].join('\n');
}
