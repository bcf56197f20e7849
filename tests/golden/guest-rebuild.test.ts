import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildGuest, clangMajor, guestFile, guests, installedClangMajor } from '../../resources/guests/build.ts';
import { bless, needs } from '../support/packages.ts';

const otherCompiler = installedClangMajor() !== clangMajor;

test.skipIf(needs('clang', 'lld') || otherCompiler).each(guests)('%s is what its sources give', (guest) => {
  if (bless) return buildGuest(guest, guestFile(guest));
  const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-rebuild-'));
  try {
    const rebuilt = join(folder, 'rebuilt');
    buildGuest(guest, rebuilt);
    expect(readFileSync(rebuilt).equals(readFileSync(guestFile(guest))), 'run resources/guests/build.ts').toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each(guests)('%s holds no path of the machine that built it', (guest) => {
  expect(readFileSync(guestFile(guest)).toString('latin1')).not.toMatch(/\/(home|tmp|work|root|usr)\//);
});
