import { dirname, isAbsolute, relative, resolve } from 'node:path';
import type { BoardName } from '../../../emulator/machine/boards.ts';
import type { Problem } from '../../contract/index.ts';
import type { MachinePlan } from '../machines/plan.ts';
import { HandsetDocument } from './document.ts';
import { problemsOf } from './issues.ts';
import { planOf } from './plan.ts';
import { filesOf, handset } from './schema.ts';

export interface CheckedHandset {
  /** Errors and warnings, in the order of the text. */
  problems: Problem[];
  /** Absent when there is an error. */
  plan?: MachinePlan;
}

/** Checks the text of a handset file. `file` is its path: relative paths in it start there. `board` stands in for the file's. */
export function checkHandset(text: string, file: string, board?: BoardName): CheckedHandset {
  const parsed = parseText(text, file);
  return 'problems' in parsed ? parsed : checkValue(parsed.document, parsed.value, board);
}

/** A text as YAML has it, or what is wrong with it as such. */
export function parseText(text: string, file: string): { document: HandsetDocument; value: unknown } | { problems: Problem[] } {
  const foreign = noTextProblem(text, file);
  if (foreign) return { problems: [foreign] };
  const document = new HandsetDocument(text, file);
  const syntax = document.syntaxProblem();
  if (syntax) return { problems: [syntax] };
  try {
    return { document, value: document.toValue() ?? {} };
  } catch {
    return {
      problems: [atStart(file, 'yaml', 'the aliases of this file lead to themselves, or grow without end', 'write it out')],
    };
  }
}

/** Nobody writes as much by hand. */
const maxCharacters = 2 ** 20;

/** What was given by mistake instead of a text that a person wrote: it is not looked into. */
function noTextProblem(text: string, file: string): Problem | undefined {
  const hint = 'a handset file is YAML';
  // YAML 1.2, 5.1: what may not stand in a text, and what stands for bytes that are none.
  const other = /[^\t\n\r\P{Cc}]|\ufffd/u.exec(text);
  if (other) {
    const before = text.slice(0, other.index).split('\n');
    const [line, column] = [before.length, before.at(-1)!.length + 1];
    const range = { line, column, endLine: line, endColumn: column + 1 };
    return { ...atStart(file, 'not-text', 'this is not a text', hint), range };
  }
  if (text.length <= maxCharacters) return undefined;
  return atStart(file, 'too-large', 'this file is too large: more than a million characters', hint);
}

function atStart(file: string, code: string, message: string, hint: string): Problem {
  const range = { line: 1, column: 1, endLine: 1, endColumn: 1 };
  return { severity: 'error', code, message, hint, file, range };
}

/** Checks the value that a document, or a part of it, stands for. */
export function checkValue(document: HandsetDocument, value: unknown, board?: BoardName): CheckedHandset {
  const parsed = handset.safeParse(value);
  if (!parsed.success) return { problems: inOrder(problemsOf(document, value, parsed.error.issues)) };
  const { plan, problems } = planOf(document, board ? { ...parsed.data, board } : parsed.data);
  return { problems: inOrder(problems), ...(hasErrors(problems) ? {} : { plan }) };
}

export const hasErrors = (problems: readonly Problem[]): boolean => problems.some(({ severity }) => severity === 'error');

/** The comment at the top of a file, and the name of the handset or lab; for lists. */
export function describeHandset(text: string, file: string): { name: string | undefined; description: string } {
  const document = new HandsetDocument(text, file);
  try {
    const { handset: own, lab } = (document.toValue() ?? {}) as { handset?: unknown; lab?: unknown };
    const name = own ?? lab;
    return { name: typeof name === 'string' ? name : undefined, description: document.description() };
  } catch {
    return { name: undefined, description: '' };
  }
}

/** The text as it has to be in another folder: relative paths lead to the same files as before. Text with errors is left as it is. */
export function moveHandset(text: string, from: string, to: string): string {
  const document = new HandsetDocument(text, from);
  if (document.syntaxProblem()) return text;
  const parsed = handset.safeParse(document.toValue());
  if (!parsed.success) return text;
  const moved = filesOf(parsed.data)
    .filter(({ value }) => !value.startsWith('guest:') && !isAbsolute(value))
    .map(({ path, value }) => ({ path, value: relative(dirname(to), resolve(dirname(from), value)) }));
  return document.replaceValues(moved);
}

export function inOrder(problems: Problem[]): Problem[] {
  const place = ({ range }: Problem) => (range ? range.line * 1e6 + range.column : 0);
  return problems.toSorted((a, b) => place(a) - place(b));
}
