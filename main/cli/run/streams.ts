import type { MachineCommand } from '../../../emulator/machine/types.ts';
import type { Backend } from '../../services/serial/backend.ts';
import type { Endpoint } from '../../services/serial/endpoint.ts';
import { SocketEndpoint } from '../../services/serial/socket.ts';
import { fileSink, nullSink, stdoutSink, type ConsoleSink } from './consoles.ts';
import { SharedOutput } from './shared-output.ts';

/** A serial line of the machine: what a person calls it, the option that connects it, and to what. */
export interface Line {
  readonly name: string;
  readonly role: string;
  readonly backend: Backend;
}

/** The other ends of a machine's serial lines, by the numbers of their streams (emulator/machine/types.ts). */
export class Streams {
  readonly #ends: readonly Endpoint[];
  readonly #output: ConsoleSink;
  /** Whether a program at the other end may say something. */
  readonly mayAnswer: boolean;

  constructor(ends: readonly Endpoint[], output: ConsoleSink) {
    this.#ends = ends;
    this.#output = output;
    this.mayAnswer = ends.some(({ connect }) => connect !== undefined);
  }

  /** Whether the last line of standard output has not ended. */
  get midLine(): boolean {
    return this.#output.midLine;
  }

  write(stream: number, bytes: Uint8Array): void {
    this.#ends[stream]?.write(bytes);
  }

  taken(stream: number, count: number): void {
    this.#ends[stream]?.taken?.(count);
  }

  connect(post: (command: MachineCommand) => void): void {
    for (const [stream, end] of this.#ends.entries()) {
      const isUart = stream === 0;
      end.connect?.({
        input: (bytes) => post({ type: 'input', bytes, ...(isUart ? {} : { stream }) }),
        // A UART does not know who is there, and never waits.
        open: (open) => (isUart ? undefined : post({ type: 'port', stream, change: { open } })),
        held: (held) => (isUart ? undefined : post({ type: 'port', stream, change: { held } })),
      });
    }
  }

  close(): void {
    for (const end of this.#ends) end.close();
  }
}

/** Opens what lines are connected to; those on standard output share it. Those that wait for somebody are waited for. */
export async function openStreams(lines: readonly Line[]): Promise<Streams> {
  const output = stdoutSink();
  const shown = lines.filter(({ backend }) => backend.kind === 'stdio').map(({ name }) => name);
  const shared = shown.length > 1 ? new SharedOutput(output, shown) : undefined;
  const ends: Endpoint[] = [];
  try {
    for (const { name, role, backend } of lines) {
      switch (backend.kind) {
        case 'stdio':
          ends.push(shared?.sink(name) ?? output);
          break;
        case 'null':
          ends.push(nullSink);
          break;
        case 'file':
          ends.push(fileSink(backend.path, role));
          break;
        case 'socket':
          if (backend.wait) process.stderr.write(`pocketvisor: ${name} waits for a connection\n`);
          ends.push(await SocketEndpoint.open(backend, role));
      }
    }
  } catch (error) {
    for (const end of ends) end.close();
    throw error;
  }
  return new Streams(ends, output);
}
