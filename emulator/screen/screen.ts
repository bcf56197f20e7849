import type { Surface } from './surface.ts';

/** A screen of a machine, as the machine has it. */
export interface Screen {
  /** Unique in the machine: `gpu0`, `ramfb`. */
  readonly name: string;
  readonly surface: Surface;
  /** The monitor has another size from now on; absent where a guest could not be told. */
  readonly resize?: (width: number, height: number) => void;
  /** Looks at what the guest drew, where it does not say so. The guest cannot notice. */
  readonly refresh?: () => void;
}

/** A screen as the machine's owner gets it; `ScreenReader` reads it. */
export interface ScreenInfo {
  readonly name: string;
  readonly buffer: SharedArrayBuffer;
}
