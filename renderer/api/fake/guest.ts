/** A guest that echoes lines, in the manner of resources/guests/hello. */
const prompt = '\x1b[1m\x1b[32mhello> \x1b[0m';
const banner = [
  '\x1b[36m\x1b[1m   ___         _       _        _',
  '  | _ \\___  __| |_____| |___ __(_)___ ___ _ _',
  "  |  _/ _ \\/ _| / / -_)  _\\ V /| (_-</ _ \\ '_|",
  '  |_| \\___/\\__|_\\_\\___|\\__|\\_/ |_/__/\\___/_|\x1b[0m',
  '',
  '  Hello from a fake: there is no machine behind this window.',
  '',
  '',
].join('\r\n');

interface Wiring {
  console(bytes: Uint8Array, offset: number): void;
  status(virtualNs: number): void;
  powerOff(): void;
}

export class FakeGuest {
  written: string;
  readonly #wiring: Wiring;
  readonly #timer: ReturnType<typeof setInterval>;
  #line = '';
  #virtualNs = 0;

  constructor(wiring: Wiring, before = '') {
    this.#wiring = wiring;
    this.written = before;
    this.#timer = setInterval(() => wiring.status((this.#virtualNs += 250e6)), 250);
    this.#write(`${before ? '\r\n' : ''}${banner}${prompt}`);
  }

  type(text: string): void {
    for (const c of text) {
      if (c !== '\r') {
        this.#line += c;
        this.#write(c);
        continue;
      }
      const line = this.#line;
      this.#line = '';
      this.#write(`\r\n${line}\r\n${prompt}`);
      if (line === 'poweroff') this.#wiring.powerOff();
    }
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #write(text: string): void {
    const offset = this.written.length;
    this.written += text;
    this.#wiring.console(new TextEncoder().encode(text), offset);
  }
}
