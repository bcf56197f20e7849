/**
 * What `pocketvisor check` says of a handset file. In the files, lines that start with `>` are the handset and `npm run bless` writes the rest: the
 * problems, and the machine if there is one.
 */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkHandset, problemError, viewOf, viewText } from '../../../main/services/handset/index.ts';
import { bless } from '../../support/packages.ts';

const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
for (const name of ['Image', 'initrd', 'baseband.img', 'secure.img', 'userdata.img']) writeFileSync(join(folder, name), 'x'.repeat(4096));

function expected(text: string): string {
  const [title, ...rest] = text.split('\n');
  const input = rest.filter((line) => line.startsWith('>'));
  const handset = input.map((line) => line.slice(2)).join('\n');
  const { problems, plan } = checkHandset(handset, join(folder, 'handset.yaml'));
  const found = problems.map((problem) => `${problemError(problem).toLine()} [${problem.code}]`.replace(`${folder}/`, ''));
  return [title, ...input, '', ...found, ...(plan ? [viewText(viewOf(plan)).trimEnd()] : []), ''].join('\n');
}

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.golden'));

test.each(files)('%s', (name) => {
  const path = join(import.meta.dirname, name);
  const text = readFileSync(path, 'utf8');
  if (bless) writeFileSync(path, expected(text));
  else expect(text).toBe(expected(text));
});
