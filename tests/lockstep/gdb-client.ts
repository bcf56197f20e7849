import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

/** What fits into a packet of QEMU's stub (4096 bytes) as hexadecimal digits. */
const CHUNK = 1920;

/** As much of the GDB remote serial protocol as puts a stopped QEMU into a state: memory and registers. */
export class GdbClient {
  private readonly socket: Socket;
  private text = '';

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
  }

  static async connect(path: string): Promise<GdbClient> {
    const socket = createConnection(path);
    await once(socket, 'connect');
    const client = new GdbClient(socket);
    // Only to clients that have read the description of the registers QEMU lets write them.
    await client.ask('qXfer:features:read:target.xml:0,ff');
    return client;
  }

  async writeMemory(address: number, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += CHUNK) {
      const part = Buffer.from(bytes.subarray(at, at + CHUNK));
      await this.command(`M${(address + at).toString(16)},${part.length.toString(16)}:${part.toString('hex')}`);
    }
  }

  /** Number as in GDB's `aarch64-core.xml`: X0 to X30, SP, PC, then CPSR of 4 bytes. */
  async writeRegister(number: number, value: bigint): Promise<void> {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value);
    await this.command(`P${number.toString(16)}=${bytes.subarray(0, number === 33 ? 4 : 8).toString('hex')}`);
  }

  /** Lets the machine run. */
  async detach(): Promise<void> {
    await this.command('D');
    this.socket.end();
  }

  private async command(body: string): Promise<void> {
    const answer = await this.ask(body);
    if (answer !== 'OK') throw new Error(`QEMU's debugger stub answers ${JSON.stringify(answer)} to ${body.slice(0, 20)}`);
  }

  private async ask(body: string): Promise<string> {
    const sum = [...body].reduce((all, character) => (all + character.charCodeAt(0)) & 255, 0);
    this.socket.write(`$${body}#${sum.toString(16).padStart(2, '0')}`);
    for (;;) {
      const match = /\$([^#]*)#../.exec(this.text);
      if (match) {
        this.text = this.text.slice(match.index + match[0].length);
        this.socket.write('+');
        return match[1]!;
      }
      const [more] = (await once(this.socket, 'data')) as [string];
      this.text += more;
    }
  }
}
