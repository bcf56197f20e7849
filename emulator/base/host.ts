/** What the emulator needs of the place where it runs. Nothing of it reaches a guest. */
export interface Host {
  /** Milliseconds of a clock that only goes forward: for speed figures and pacing. */
  nowMs(): number;
  /** A fresh SHA-256. */
  sha256(): Hasher;
  /** Threads for the cores of parallel mode; absent where there are none. */
  readonly threads?: HostThreads;
}

export interface HostThreads {
  /** A clock that all threads share, and that only goes forward. */
  monotonicNs(): number;
  /** Whether the host's processors keep loads in order, and stores, as other processors see them (x86). */
  readonly strongOrder: boolean;
  /** Starts a thread for a core with what it is given (a CoreTask of machine/parallel). */
  startCore(task: object): { end(): void };
}

export interface Hasher {
  update(bytes: Uint8Array): void;
  /** In hexadecimal digits; the last call. */
  digest(): string;
}
