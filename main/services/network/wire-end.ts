/** The far end of a card's wire in another process, as QEMU's `-netdev socket` has it: frames in a stream, each behind its length in four bytes. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { UserError } from '../../../emulator/base/user-error.ts';

export interface WireAddress {
  /** Who waits for the other. */
  kind: 'listen' | 'connect';
  host: string;
  port: number;
}

/** Longer ones are none: QEMU's buffers end there. */
const MAX_FRAME = 68 * 1024;
/** What may wait for a peer that is slow; more is lost, as on a wire. */
const MAX_PENDING = 1 << 20;

/** Finds frames in a stream that is cut anywhere. */
export class FrameReader {
  #rest: Buffer<ArrayBufferLike> = Buffer.alloc(0);

  /** The frames that are whole now; undefined for what is no such stream. */
  feed(bytes: Uint8Array): Uint8Array[] | undefined {
    const frames: Uint8Array[] = [];
    let all = Buffer.concat([this.#rest, bytes]);
    while (all.length >= 4) {
      const length = all.readUInt32BE(0);
      if (length > MAX_FRAME) return undefined;
      if (all.length < 4 + length) break;
      frames.push(new Uint8Array(all.subarray(4, 4 + length)));
      all = all.subarray(4 + length);
    }
    this.#rest = all;
    return frames;
  }
}

/** One end, with at most one peer. Frames without a peer are lost. */
export class WireEnd {
  readonly #onFrame: (frame: Uint8Array) => void;
  #server: Server | undefined;
  #peer: Socket | undefined;

  private constructor(onFrame: (frame: Uint8Array) => void) {
    this.#onFrame = onFrame;
  }

  /** Listens, or connects. Throws a `UserError` where that fails. */
  static async open(address: WireAddress, onFrame: (frame: Uint8Array) => void): Promise<WireEnd> {
    const end = new WireEnd(onFrame);
    const { kind, host, port } = address;
    try {
      await new Promise<void>((resolve, reject) => {
        if (kind === 'connect') {
          const socket = connect({ host, port }, () => {
            end.#take(socket);
            resolve();
          });
          socket.once('error', reject);
        } else {
          end.#server = createServer((socket) => (end.#peer ? socket.destroy() : end.#take(socket)));
          end.#server.once('error', reject);
          end.#server.listen(port, host, resolve);
        }
      });
    } catch (error) {
      end.close();
      throw new UserError('no-peer', `socket,${kind}=${host}:${port}: ${(error as Error).message}`);
    }
    return end;
  }

  /** The port that it listens at. */
  get port(): number | undefined {
    const address = this.#server?.address();
    return typeof address === 'object' ? address?.port : undefined;
  }

  send(frame: Uint8Array): void {
    if (!this.#peer || this.#peer.writableLength > MAX_PENDING) return;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(frame.length);
    this.#peer.write(Buffer.concat([length, frame]));
  }

  close(): void {
    this.#server?.close();
    this.#peer?.destroy();
  }

  #take(socket: Socket): void {
    const reader = new FrameReader();
    this.#peer = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      const frames = reader.feed(bytes);
      if (!frames) return void socket.destroy();
      for (const frame of frames) this.#onFrame(frame);
    });
    // A peer that is gone may come back to one who listens.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => (this.#peer = undefined));
  }
}
