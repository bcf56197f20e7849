import type { Place } from '../../../emulator/base/user-error.ts';

/** A file that the user named, and where (a line of the handset file; absent for options). */
export interface FileRef {
  path: string;
  /** The option or key that names it, for messages: `--kernel`, `kernel`. */
  role: string;
  place?: Place;
}
