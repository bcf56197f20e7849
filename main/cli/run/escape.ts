/** Keys after Ctrl-A, as in QEMU: what a person types is the guest's, all but these. */
export type Escape = 'quit' | 'monitor' | 'help' | 'next';

const ctrlA = 0x01;
const keys: Record<string, Escape> = { x: 'quit', c: 'monitor', n: 'next', h: 'help', '?': 'help' };

export const escapeHelp = `
Ctrl-A h    this help
Ctrl-A x    quit
Ctrl-A c    switch between console and monitor
Ctrl-A n    type at the next console, where there are several
Ctrl-A Ctrl-A  send Ctrl-A to the guest
`;

/** Splits a stream of typed bytes into what is for the guest and what is for us, in order. */
export class EscapeFilter {
  #pending = false;

  feed(bytes: Uint8Array): (Uint8Array | Escape)[] {
    const parts: (Uint8Array | Escape)[] = [];
    let plain: number[] = [];
    const endPlain = () => {
      if (plain.length > 0) parts.push(Uint8Array.from(plain));
      plain = [];
    };
    for (const byte of bytes) {
      if (!this.#pending) {
        if (byte === ctrlA) this.#pending = true;
        else plain.push(byte);
        continue;
      }
      this.#pending = false;
      const escape = keys[String.fromCharCode(byte)];
      if (byte === ctrlA) plain.push(ctrlA);
      else if (escape) {
        endPlain();
        parts.push(escape);
      }
    }
    endPlain();
    return parts;
  }
}
