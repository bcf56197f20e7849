import type { Clock, Device, DeviceState, Dma, Line, Timer } from '../device.ts';
import {
  BLOCK_QUEUE_SIZE,
  blockConfiguration,
  blockFeatures,
  blockRequest,
  blockStatus,
  HEADER_BYTES,
  isOnDrive,
  serialText,
} from '../virtio/block-request.ts';
import { Chain, type Segment } from '../virtio/chain.ts';
import type { Queue, Transport, VirtioDevice } from '../virtio/device.ts';
import { SECTOR } from '../virtio/sectors.ts';
import { serverRegisters as register, SLOT_BUFFER_BYTES, SLOTS } from './registers.ts';

/** How long requests wait for a server that is away, before they fail. */
const PATIENCE_NS = 500_000_000;
const PIECE_SECTORS = SLOT_BUFFER_BYTES / SECTOR;
const [READ, WRITE] = [0, 1];
const kinds = { read: READ, write: WRITE, flush: 2 } as const;

/** A request of the client. */
interface Request {
  readonly chain: Chain;
  readonly kind: number;
  readonly sector: number;
  readonly sectors: number;
  /** Sectors of it that are done, and the slot in which its next piece is, or -1. */
  done: number;
  slot: number;
}

/** What a disk needs of its client's cell, and of its server's. */
export interface ClientSide {
  readonly dma: Dma;
  readonly clock: Clock;
}
export interface ServerSide {
  readonly dma: Dma;
  readonly line: Line;
}

/**
 * A disk whose backend is another guest: a driver cell. To its client it is a virtio block device; the server takes pieces of requests by registers, moves
 * their data through buffers in its own memory, and says what became of them. When the server is gone, what it had taken is given to the one
 * that comes instead; when none comes in time, requests fail. Neither side sees the other's memory.
 */
export class ServedDisk {
  private readonly sectors: number;
  private readonly serial: string;
  private clientSide: ClientSide | undefined;
  private serverSide: ServerSide | undefined;
  private transport: Transport | undefined;
  private requests: Request[] = [];
  /** Slots that the server has not answered. */
  private readonly taken: boolean[] = Array.from({ length: SLOTS }, () => false);
  /** Where its buffers lie; 0 while no server is ready. */
  private buffers = 0;
  private buffersHigh = 0;
  private patience: { timer: Timer; untilNs: number } | undefined;

  /** `serial`: what the client's GET_ID answers. */
  constructor(sectors: number, serial: string) {
    this.sectors = sectors;
    this.serial = serial;
  }

  /** The device for the client. */
  client(side: ClientSide): VirtioDevice {
    this.clientSide = side;
    return {
      id: 2,
      features: blockFeatures(false),
      queueSizes: [BLOCK_QUEUE_SIZE],
      config: blockConfiguration(this.sectors),
      attach: (transport) => (this.transport = transport),
      notify: (queue) => this.accept(queue),
      reset: () => this.clientGone(),
      save: () => this.save(),
      restore: (state) => this.restore(state, side.dma),
    };
  }

  /** The registers for the server. */
  server(side: ServerSide): Device {
    this.serverSide = side;
    return {
      kind: 'disk-server',
      read: (offset) => this.readRegister(offset),
      write: (offset, _size, value) => this.writeRegister(offset, value),
      reset: () => this.serverGone(),
      // The client has it all.
      save: () => ({}),
      restore: () => undefined,
    };
  }

  /** The server's cell runs no more, or begins anew. */
  serverGone(): void {
    this.buffers = 0;
    this.taken.fill(false);
    for (const request of this.requests) request.slot = -1;
    this.look();
  }

  // --- the client's side -----------------------------------------------------------------------------------------------------------

  private accept(queue: Queue): void {
    for (let chain = queue.take(); chain; chain = queue.take()) {
      const request = blockRequest(chain);
      if (!request) return queue.fail();
      const { kind, sector, bytes } = request;
      let answered = true;
      if (kind === undefined) answered = this.finish(chain, blockStatus.UNSUPPORTED, 0);
      else if (kind === 'id') {
        const text = serialText(this.serial, bytes);
        answered = chain.write(0, text) && this.finish(chain, blockStatus.OK, text.length);
      } else if (!isOnDrive(request, this.sectors)) answered = this.finish(chain, blockStatus.IO_ERROR, 0);
      else this.requests.push({ chain, kind: kinds[kind], sector, sectors: bytes / SECTOR, done: 0, slot: -1 });
      if (!answered) return queue.fail();
    }
    this.look();
  }

  /** Hands a request back; false where there is no room for its status. */
  private finish(chain: Chain, status: number, read: number): boolean {
    if (!chain.write(chain.writable - 1, Uint8Array.of(status))) return false;
    this.transport?.queue(0).complete(chain, read + 1, 0);
    return true;
  }

  private end(request: Request, status: number): void {
    this.requests = this.requests.filter((other) => other !== request);
    const read = request.kind === READ && status === blockStatus.OK ? request.sectors * SECTOR : 0;
    if (!this.finish(request.chain, status, read)) this.transport?.queue(0).fail();
  }

  /** The client reset the device, or its cell runs no more: what the server still does is for nobody. */
  clientGone(): void {
    this.requests = [];
    this.look();
  }

  /** Tells the server that there is something to do, or watches how long it is away. */
  private look(): void {
    const isReady = this.buffers !== 0;
    this.serverSide?.line.set(isReady && this.requests.some(({ slot }) => slot < 0) && this.taken.includes(false));
    if (isReady || this.requests.length === 0) {
      this.patience?.timer.cancel();
      this.patience = undefined;
    } else if (!this.patience && this.clientSide) this.wait(this.clientSide.clock, this.clientSide.clock.nowNs() + PATIENCE_NS);
  }

  private wait(clock: Clock, untilNs: number): void {
    const timer = clock.at(untilNs, () => {
      this.patience = undefined;
      for (const request of [...this.requests]) this.end(request, blockStatus.IO_ERROR);
    });
    this.patience = { timer, untilNs };
  }

  // --- the server's side -----------------------------------------------------------------------------------------------------------

  private readRegister(offset: number): number {
    if (offset === register.SLOTS) return SLOTS;
    if (offset === register.BYTES) return SLOT_BUFFER_BYTES;
    if (offset === register.NEXT) return this.next() + 1;
    const slot = Math.floor((offset - register.SLOT) / register.SLOT_BYTES);
    const request = slot >= 0 ? this.requests.find((each) => each.slot === slot) : undefined;
    if (!request) return 0;
    const first = request.sector + request.done;
    switch ((offset - register.SLOT) % register.SLOT_BYTES) {
      case register.KIND:
        return request.kind;
      case register.SECTOR:
        return first % 2 ** 32;
      case register.SECTOR_HIGH:
        return Math.floor(first / 2 ** 32);
      case register.SECTORS:
        return pieceOf(request);
      default:
        return 0;
    }
  }

  private writeRegister(offset: number, value: number): void {
    if (offset === register.BUFFERS_HIGH) this.buffersHigh = value;
    else if (offset === register.BUFFERS) {
      this.buffers = this.buffersHigh * 2 ** 32 + value;
      this.look();
    } else {
      const slot = Math.floor((offset - register.SLOT) / register.SLOT_BYTES);
      if (slot >= 0 && slot < SLOTS && (offset - register.SLOT) % register.SLOT_BYTES === register.DONE)
        this.answered(slot, value);
    }
  }

  /** Puts a piece of the next request into a slot; -1 where there is none to do, or no room. */
  private next(): number {
    const { serverSide } = this;
    const slot = this.taken.indexOf(false);
    const request = this.requests.find((each) => each.slot < 0);
    if (this.buffers === 0 || slot < 0 || !request || !serverSide) return -1;
    if (request.kind === WRITE) {
      const bytes = new Uint8Array(pieceOf(request) * SECTOR);
      if (!request.chain.read(HEADER_BYTES + request.done * SECTOR, bytes)) {
        this.transport?.queue(0).fail();
        return -1;
      }
      // A server whose buffers are no memory of its own gets nothing.
      if (!serverSide.dma.write(this.buffers + slot * SLOT_BUFFER_BYTES, bytes)) return -1;
    }
    this.taken[slot] = true;
    request.slot = slot;
    this.look();
    return slot;
  }

  private answered(slot: number, failure: number): void {
    if (!this.taken[slot]) return;
    this.taken[slot] = false;
    const request = this.requests.find((each) => each.slot === slot);
    if (request) this.goOn(request, slot, failure);
    this.look();
  }

  private goOn(request: Request, slot: number, failure: number): void {
    request.slot = -1;
    const count = pieceOf(request);
    if (failure !== 0) return this.end(request, blockStatus.IO_ERROR);
    if (request.kind === READ) {
      const bytes = new Uint8Array(count * SECTOR);
      if (!this.serverSide?.dma.read(this.buffers + slot * SLOT_BUFFER_BYTES, bytes))
        return this.end(request, blockStatus.IO_ERROR);
      if (!request.chain.write(request.done * SECTOR, bytes)) return this.transport?.queue(0).fail();
    }
    request.done += count;
    if (request.done >= request.sectors) this.end(request, blockStatus.OK);
  }

  // --- snapshots -------------------------------------------------------------------------------------------------------------------

  private save(): DeviceState {
    return {
      requests: this.requests.map(({ chain, ...rest }) => ({
        ...{ ...rest, head: chain.head, out: segmentsOf(chain.out), in: segmentsOf(chain.in) },
      })),
      ...{ taken: [...this.taken], buffers: this.buffers, buffersHigh: this.buffersHigh },
      patienceNs: this.patience?.untilNs ?? -1,
    };
  }

  private restore(state: DeviceState, dma: Dma): void {
    this.requests = (state['requests'] as unknown as (Omit<Request, 'chain'> & SavedChain)[]).map(
      ({ head, out, in: into, ...rest }) => ({ ...rest, chain: new Chain(dma, head, segments(out), segments(into)) }),
    );
    (state['taken'] as boolean[]).forEach((taken, slot) => (this.taken[slot] = taken));
    this.buffers = state['buffers'] as number;
    this.buffersHigh = state['buffersHigh'] as number;
    this.patience?.timer.cancel();
    this.patience = undefined;
    const untilNs = state['patienceNs'] as number;
    if (untilNs >= 0 && this.clientSide) this.wait(this.clientSide.clock, untilNs);
    this.look();
  }
}

interface SavedChain {
  readonly head: number;
  readonly out: number[];
  readonly in: number[];
}

const segmentsOf = (list: readonly Segment[]): number[] => list.flatMap(({ pa, length }) => [pa, length]);
const segments = (list: readonly number[]): Segment[] =>
  Array.from({ length: list.length / 2 }, (_, n) => ({ pa: list[2 * n] as number, length: list[2 * n + 1] as number }));

const pieceOf = ({ sectors, done }: Request): number => Math.min(PIECE_SECTORS, sectors - done);
