import { afterEach, beforeEach, vi } from 'vitest';

/** What a test wrote to standard output and standard error so far, instead of it being shown. */
export interface Written {
  out: string;
  err: string;
}

/** Keeps what is written during each test of the file that calls it. */
export function keepOutput(): Written {
  const written: Written = { out: '', err: '' };
  const text = (bytes: unknown) => (typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes as Uint8Array));
  beforeEach(() => {
    written.out = written.err = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((bytes) => ((written.out += text(bytes)), true));
    vi.spyOn(process.stderr, 'write').mockImplementation((bytes) => ((written.err += text(bytes)), true));
  });
  afterEach(() => vi.restoreAllMocks());
  return written;
}
