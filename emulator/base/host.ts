/** What the emulator needs of the place where it runs. Nothing of it reaches a guest. */
export interface Host {
  /** Milliseconds of a clock that only goes forward: for speed figures and pacing. */
  nowMs(): number;
  /** A fresh SHA-256. */
  sha256(): Hasher;
}

export interface Hasher {
  update(bytes: Uint8Array): void;
  /** In hexadecimal digits; the last call. */
  digest(): string;
}
