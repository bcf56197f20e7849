/** What the schema finds, in words for a person and at its place in the text. */
import type { z } from 'zod';
import type { Problem, Range } from '../../contract/index.ts';
import type { HandsetDocument, Path } from './document.ts';
import { keysAt, notYet } from './schema.ts';
import { deviceNames } from './schema-devices.ts';
import { nearest } from './suggest.ts';

type Issue = z.core.$ZodIssue;
interface Found {
  code: string;
  message: string;
  hint?: string | undefined;
  range: Range;
}

/** The keys that a map knows, and those that later versions will know. */
export interface KnownKeys {
  known: readonly string[];
  later?: readonly string[];
}

/** `keysAt` says what the map at a path knows: where a key stands decides which others could have been meant. */
export function problemsOf(
  document: HandsetDocument,
  value: unknown,
  issues: readonly Issue[],
  keysAt: (path: Path) => KnownKeys = handsetKeys,
): Problem[] {
  return issues.flatMap((issue) => translate(document, value, issue, keysAt)).map((found) => problem(document, found));
}

export function problem(document: HandsetDocument, { code, message, hint, range }: Found): Problem {
  return { severity: 'error', code, message, ...(hint ? { hint } : {}), file: document.file, range };
}

function translate(document: HandsetDocument, value: unknown, issue: Issue, keysAt: (path: Path) => KnownKeys): Found[] {
  const { path } = issue;
  const key = path.at(-1);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((name) => unknownKey(document, path, name, keysAt(path)));
  if (path.length === 4 && path[0] === 'cells' && path[2] === 'devices') return [deviceProblem(document, path, at(value, path))];
  if (issue.code === 'invalid_key') {
    return [{ code: 'bad-name', message: issue.issues[0]?.message ?? issue.message, range: document.keyRange(path) }];
  }
  const there = at(value, path);
  if (there === undefined && issue.code === 'invalid_type') {
    const parent = path.slice(0, -1);
    const range = parent.length === 0 ? document.valueRange([]) : document.keyRange(parent);
    return [{ code: 'missing-key', message: `${quote(key)} is missing`, hint: `add ${String(key)}:`, range: firstLine(range) }];
  }
  return [{ code: 'bad-value', ...wording(issue, there, key), range: document.valueRange(path) }];
}

function wording(issue: Issue, there: unknown, key: PropertyKey | undefined): { message: string; hint?: string | undefined } {
  const subject = key === undefined ? 'the file' : quote(key);
  switch (issue.code) {
    case 'invalid_type':
      if (!issue.message.startsWith('Invalid input')) return { message: `${subject}: ${issue.message}` };
      return { message: `${subject} has to be ${expected[issue.expected] ?? issue.expected}` };
    case 'invalid_value': {
      const known = issue.values.map(String);
      const near = nearest(String(there), known);
      return {
        message: `${subject}: ${JSON.stringify(there)} is not known`,
        hint: near ? `did you mean ${near}?` : `one of: ${known.join(', ')}`,
      };
    }
    case 'invalid_union':
      return { message: `${subject}: ${JSON.stringify(there)} is not known`, hint: unionHint(issue) };
    case 'too_small':
    case 'too_big': {
      const bound = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      if (issue.origin === 'string') return { message: `${subject} is empty` };
      return { message: `${subject}: ${JSON.stringify(there)} is out of range`, hint: bound };
    }
    default:
      return { message: `${subject}: ${issue.message}` };
  }
}

const expected: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map of keys',
  record: 'a map of keys',
  array: 'a list',
};

function unionHint(issue: Extract<Issue, { code: 'invalid_union' }>): string | undefined {
  const values = issue.errors.flat().flatMap((inner) => (inner.code === 'invalid_value' ? inner.values.map(String) : []));
  return values.length > 0 ? `one of: ${values.join(', ')}` : undefined;
}

function handsetKeys(path: Path): KnownKeys {
  const inCell = path.length === 2 && path[0] === 'cells';
  return { known: keysAt(path), later: path.length === 0 ? notYet.handset : inCell ? notYet.cell : [] };
}

function unknownKey(document: HandsetDocument, path: Path, name: string, { known, later = [] }: KnownKeys): Found {
  const range = document.keyRange([...path, name]);
  if (later.includes(name)) return notAvailable(quote(name), range);
  const near = nearest(name, known);
  const hint = near ? `did you mean ${near}?` : `known keys: ${known.join(', ')}`;
  return { code: 'unknown-key', message: `unknown key ${quote(name)}`, hint, range };
}

function deviceProblem(document: HandsetDocument, path: Path, value: unknown): Found {
  const range = document.valueRange(path);
  const [name = ''] = typeof value === 'object' && value !== null ? Object.keys(value) : [String(value)];
  const later: readonly string[] = notYet.device;
  if (later.includes(name)) return notAvailable(`the device ${quote(name)}`, range);
  const known = [...deviceNames, 'block', 'net', 'switch', 'disk-of'];
  if (known.includes(name)) {
    return {
      code: 'bad-value',
      message: `the device ${quote(name)} is ill-formed`,
      hint: `${deviceNames.join(', ')}, { display: ramfb }, { block: FILE }, { net: user }, { switch: lan } or { disk-of: CELL }`,
      range,
    };
  }
  const near = nearest(name, known);
  const hint = near
    ? `did you mean ${near}?`
    : `known devices: ${deviceNames.join(', ')}, { block: FILE }, { net: user }, { switch: lan }, { disk-of: CELL }`;
  return { code: 'unknown-device', message: `unknown device ${quote(name)}`, hint, range };
}

function notAvailable(what: string, range: Range): Found {
  return { code: 'not-available', message: `${what} is not available in this version`, hint: 'take it out', range };
}

/** A range that spans lines would mark half of the file. */
export function firstLine(range: Range): Range {
  return range.endLine === range.line ? range : { ...range, endLine: range.line, endColumn: range.column + 1 };
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
}

function quote(key: PropertyKey | undefined): string {
  return `"${String(key)}"`;
}
