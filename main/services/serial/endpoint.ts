/** The host's end of a serial line. */
export interface Endpoint {
  write(bytes: Uint8Array): void;
  close(): void;
  /** For lines that speak by themselves. Called once, before anything is written. */
  connect?(guest: GuestEnd): void;
  /** The guest took that many bytes of what it was given. */
  taken?(count: number): void;
}

/** What an endpoint tells the guest's side. */
export interface GuestEnd {
  input(bytes: Uint8Array): void;
  /** Somebody is there now, or is not any more. */
  open(isOpen: boolean): void;
  /** What the guest writes shall stay with it for a while. */
  held(isHeld: boolean): void;
}
