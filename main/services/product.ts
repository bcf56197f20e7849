/** Where the product lies: the checkout, or what the desktop's package has of it. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of our package.json: sources lie at different depths below it than their bundle. */
export const productRoot = findRoot(import.meta.dirname);

/** What came with the product. */
export const examplesFolder = join(productRoot, 'resources/handsets');

/** Of the product, as package.json has it. */
export function version(): string {
  return (JSON.parse(readFileSync(join(productRoot, 'package.json'), 'utf8')) as { version: string }).version;
}

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? folder : findRoot(parent);
}
