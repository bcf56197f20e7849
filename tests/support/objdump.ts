import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One blank after the mnemonic, no comment, no symbol. */
export const normal = (text: string): string =>
  text
    .replace(/\s*\/\/.*/, '')
    .replace(/\s*<[^>]*>/, '')
    .replace(/\s+/g, ' ')
    .trim();

/** What `aarch64-linux-gnu-objdump` makes of the words, the first at address 0; `undefined` where it finds nothing allocated. */
export function objdump(words: Uint32Array): (string | undefined)[] {
  const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-objdump-'));
  try {
    const file = join(folder, 'words');
    writeFileSync(file, words);
    const listing = execFileSync('aarch64-linux-gnu-objdump', ['-D', '-z', '-b', 'binary', '-m', 'aarch64', file], {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
    const lines = listing.split('\n').filter((row) => /^ *[0-9a-f]+:\t/.test(row));
    return lines.map((row) => {
      const text = normal(row.split('\t').slice(2).join(' '));
      return text.startsWith('.inst') ? undefined : text;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
