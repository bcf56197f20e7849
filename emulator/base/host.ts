/** What the emulator needs of the place where it runs. Nothing of it reaches a guest. */
export interface Host {
  /** Milliseconds of a clock that only goes forward: for speed figures and pacing. */
  nowMs(): number;
  /** A fresh SHA-256. */
  sha256(): Hasher;
  /** Begins to sample what this thread does; absent where the host cannot tell. */
  sampleTime?(): TimeSampler;
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

export interface TimeSampler {
  /** Stops. */
  end(): HostTimes;
}

/** Where the time of a thread went, in milliseconds. */
export interface HostTimes {
  readonly wallMs: number;
  /** CPU time of this thread, and of all threads of the process: the host's compilers have threads of their own. */
  readonly threadMs: number;
  readonly processMs: number;
  readonly stacks: readonly StackTime[];
}

export interface StackTime {
  /** The innermost function first. */
  readonly frames: readonly StackFrame[];
  readonly ms: number;
}

export interface StackFrame {
  readonly name: string;
  /** The URL of a script or of a WebAssembly module; empty for what belongs to the host. */
  readonly source: string;
}
