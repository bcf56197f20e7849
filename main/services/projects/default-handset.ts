import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readHandsetText } from '../handset/index.ts';
import { checkFile } from '../lab/index.ts';
import { examplesFolder } from '../product.ts';

/** What a person sees first who named no handset, the best first: a baseband beside Debian, or beside what needs not be fetched. */
const preferred = ['modem.yaml', 'basic.yaml', 'hello.yaml'];

/** The first of them that can run with what is there. */
export function defaultHandset(folder = examplesFolder): string | undefined {
  return preferred.map((name) => join(folder, name)).find((path) => existsSync(path) && canRun(path));
}

const canRun = (path: string): boolean =>
  checkFile(readHandsetText(path), path).problems.every(({ severity }) => severity !== 'error');
