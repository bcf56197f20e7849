import { MTU } from '../../packets/ethernet.ts';
import { IPV4_HEADER } from '../../packets/ipv4.ts';
import { advance, distance, TCP_HEADER, tcpFlags, type TcpSegment } from '../../packets/tcp.ts';
import type { Clock } from '../../../devices/device.ts';
import type { SendCommand } from '../sockets.ts';
import { ByteQueue } from '../../../base/byte-queue.ts';
import { Retransmission } from './retransmission.ts';

/** What a connection needs around it. */
export interface ConnectionSurroundings {
  readonly id: number;
  readonly clock: Clock;
  readonly sockets: SendCommand;
  /** Sends a segment from the other end to the guest. */
  emit(segment: Omit<TcpSegment, 'sourcePort' | 'destinationPort'>): void;
  /** The connection is over: nothing of it is needed any more. */
  over(): void;
}

/** What the guest offers without saying so (RFC 9293 §3.7.1), and what an Ethernet frame holds. */
const DEFAULT_SEGMENT = 536;
const MAX_SEGMENT = MTU - IPV4_HEADER - TCP_HEADER;
/** Bytes of the guest that may wait for the host to take them. */
const RECEIVE_BUFFER = 256 * 1024;
const WINDOW_SHIFT = 3;
const { FIN, SYN, RST, PSH, ACK } = tcpFlags;

/**
 * - `connecting`: the guest asked, and the host's connection is not there yet; the guest hears nothing meanwhile.
 * - `syn-received`: we accepted, and the guest has not confirmed it.
 * - `syn-sent`: somebody came through a forwarded port, and the guest has not answered.
 * - `established`: also while one side has ended, which the flags beside it tell.
 */
type State = 'connecting' | 'syn-received' | 'syn-sent' | 'established' | 'over';

/**
 * One TCP connection of the guest (RFC 9293), whose other end is a socket of the host. It keeps what the host sent until the guest confirms it,
 * and its window is the room of what the host has not taken yet, so that neither runs away from the other. Segments out of order are dropped:
 * the guest sends them again.
 */
export class TcpConnection {
  private readonly around: ConnectionSurroundings;
  private readonly repeat: Retransmission;
  private state: State = 'over';

  /** Bytes of the host from `una` on. */
  private readonly outgoing = new ByteQueue();
  private una = 0;
  private next = 0;
  /** The highest `next` there was. */
  private highest = 0;
  private guestWindow = 0;
  private guestShift = 0;
  private segmentSize = DEFAULT_SEGMENT;
  /** Of the segment that the window is from. */
  private windowSequence = 0;
  private windowAcknowledgment = 0;
  private duplicates = 0;
  private hostEnded = false;
  private endConfirmed = false;

  private firstSequence = 0;
  private expected = 0;
  /** Bytes of the guest that the host has not taken. */
  private untaken = 0;
  private receiveShift = 0;
  /** Up to where the guest was told that it may send. */
  private edge = 0;
  private guestEnded = false;
  private mustAcknowledge = false;

  constructor(around: ConnectionSurroundings) {
    this.around = around;
    this.repeat = new Retransmission(around.clock, (giveUp) => this.sendAgain(giveUp));
  }

  /** The guest's SYN: the host's socket is being opened. */
  awaitHost(syn: TcpSegment): void {
    this.state = 'connecting';
    this.begin();
    this.takeSyn(syn);
  }

  /** Somebody connected to a forwarded port: asks the guest. */
  askGuest(): void {
    this.state = 'syn-sent';
    this.begin();
    this.receiveShift = WINDOW_SHIFT;
    this.sendSyn();
  }

  /** Whether the host can still do something that the guest would notice. */
  get pending(): boolean {
    return this.state !== 'over';
  }

  // --- the host's side -----------------------------------------------------------------------------------------------------------

  opened(): void {
    if (this.state !== 'connecting') return;
    this.state = 'syn-received';
    this.sendSyn();
  }

  /** The host's connection does not come about, or is gone. */
  hostReset(): void {
    if (this.state === 'over') return;
    if (this.state === 'connecting') this.emit(RST | ACK, 0, this.expected);
    else this.emit(RST | ACK, this.next, this.expected);
    this.finish();
  }

  hostData(bytes: Uint8Array): void {
    this.outgoing.push(bytes);
    this.output();
  }

  hostEnd(): void {
    this.hostEnded = true;
    this.output();
  }

  /** The host took bytes of the guest. */
  written(bytes: number): void {
    this.untaken = Math.max(0, this.untaken - bytes);
    if (this.state !== 'established' || this.guestEnded) return;
    const told = distance(this.edge, this.expected);
    const opened = this.window - told;
    // A window that grows byte by byte makes for small segments (RFC 9293 §3.8.6.2.2).
    if (opened >= RECEIVE_BUFFER / 4 || (told < 2 * MAX_SEGMENT && opened >= MAX_SEGMENT)) this.acknowledge();
  }

  // --- the guest's side ----------------------------------------------------------------------------------------------------------

  receive(segment: TcpSegment): void {
    switch (this.state) {
      case 'over':
        return;
      case 'connecting':
        // It can only ask again, or give up.
        if (segment.flags & RST) this.resetHost();
        return;
      case 'syn-sent':
        return this.receiveAnswer(segment);
      case 'syn-received':
      case 'established':
        return this.receiveInOrder(segment);
    }
  }

  /** RFC 9293 §3.10.7.3. */
  private receiveAnswer(segment: TcpSegment): void {
    const { flags, acknowledgment } = segment;
    const confirms = (flags & ACK) !== 0 && acknowledgment === this.next;
    if ((flags & ACK) !== 0 && !confirms) {
      if (!(flags & RST)) this.emit(RST, acknowledgment, 0);
      return;
    }
    if (flags & RST) return confirms ? this.resetHost() : undefined;
    if (!(flags & SYN) || !confirms) return;
    this.takeSyn(segment);
    this.una = acknowledgment;
    this.state = 'established';
    // The window of a SYN is never scaled.
    this.guestWindow = segment.window;
    this.repeat.acknowledged(this.una);
    this.mustAcknowledge = true;
    this.output();
  }

  /** RFC 9293 §3.10.7.4. */
  private receiveInOrder(segment: TcpSegment): void {
    const { sequence, flags, payload } = segment;
    const length = payload.length + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
    /** Of this segment, what we have already; negative where something before it is missing. */
    const known = distance(this.expected, sequence);
    const isNear = known >= 0 ? known <= length : -known < Math.max(this.window, 1);
    if (flags & RST) {
      // Only an exact one counts; who guesses within the window gets a challenge (RFC 5961 §3.2).
      if (known === 0) return this.resetHost();
      return isNear ? this.acknowledge() : undefined;
    }
    if (!isNear) return this.acknowledge();
    if (flags & SYN) {
      if (this.state === 'syn-received' && sequence === this.firstSequence) return this.sendSyn();
      return this.acknowledge();
    }
    if (!(flags & ACK) || !this.takeAcknowledgment(segment)) return;
    if (known < 0) this.mustAcknowledge = true;
    else this.takePayload(segment, known);
    if (length > 0) this.mustAcknowledge = true;
    if (this.endConfirmed && this.guestEnded) {
      this.acknowledge();
      return this.finish();
    }
    this.output();
  }

  /** Answers whether the segment is good for more. */
  private takeAcknowledgment(segment: TcpSegment): boolean {
    const { sequence, acknowledgment, payload, flags } = segment;
    const confirmed = distance(acknowledgment, this.una);
    if (distance(acknowledgment, this.highest) > 0) {
      if (this.state === 'syn-received') this.emit(RST, acknowledgment, 0);
      else this.acknowledge();
      return false;
    }
    if (this.state === 'syn-received') {
      if (confirmed !== 1) {
        this.emit(RST, acknowledgment, 0);
        return false;
      }
      this.state = 'established';
      this.una = acknowledgment;
      this.repeat.acknowledged(this.una);
    } else if (confirmed > 0) this.confirm(confirmed);
    else this.repeat.heard();
    const window = segment.window * 2 ** this.guestShift;
    const isDuplicate = confirmed === 0 && payload.length === 0 && !(flags & FIN) && window === this.guestWindow;
    const isNewer =
      distance(sequence, this.windowSequence) > 0 ||
      (sequence === this.windowSequence && distance(acknowledgment, this.windowAcknowledgment) >= 0);
    if (isNewer) {
      this.guestWindow = window;
      [this.windowSequence, this.windowAcknowledgment] = [sequence, acknowledgment];
    }
    // Three in a row say that one is missing (RFC 5681 §3.2).
    this.duplicates = isDuplicate && this.next !== this.una ? this.duplicates + 1 : 0;
    if (this.duplicates === 3) this.goBack();
    return true;
  }

  private confirm(bytes: number): void {
    const data = Math.min(bytes, this.outgoing.length);
    this.outgoing.drop(data);
    if (bytes > data) this.endConfirmed = true;
    this.una = advance(this.una, bytes);
    if (distance(this.next, this.una) < 0) this.next = this.una;
    this.repeat.acknowledged(this.una);
    if (data > 0) this.around.sockets({ type: 'credit', id: this.around.id, bytes: data });
  }

  private takePayload({ payload, flags }: TcpSegment, known: number): void {
    if (this.guestEnded) return;
    const fresh = payload.subarray(Math.min(known, payload.length));
    const taken = fresh.subarray(0, this.window);
    if (taken.length > 0) {
      this.expected = advance(this.expected, taken.length);
      this.untaken += taken.length;
      this.around.sockets({ type: 'data', id: this.around.id, bytes: taken.slice() });
    }
    if (flags & FIN && taken.length === fresh.length) {
      this.expected = advance(this.expected, 1);
      this.guestEnded = true;
      this.around.sockets({ type: 'end', id: this.around.id });
    }
  }

  // --- sending -------------------------------------------------------------------------------------------------------------------

  /** Sends what the guest's window has room for; with `probe` a byte also where it has none (RFC 9293 §3.8.6.1). */
  private output(probe = false): void {
    if (this.state !== 'established') return;
    for (;;) {
      const sent = distance(this.next, this.una);
      const left = this.outgoing.length - sent;
      const count = Math.min(left, Math.max(this.guestWindow - sent, probe ? 1 : 0), this.segmentSize);
      if (count <= 0) break;
      // Small segments are not worth it while others are under way (RFC 9293 §3.8.6.2.1).
      if (count < Math.min(left, this.segmentSize) && sent > 0) break;
      probe = false;
      const flags = count === left ? ACK | PSH : ACK;
      this.emit(flags, this.next, this.expected, this.outgoing.copy(sent, count));
      this.moveNext(count);
    }
    const { length } = this.outgoing;
    if (this.hostEnded && !this.endConfirmed && distance(this.next, this.una) === length) {
      this.emit(FIN | ACK, this.next, this.expected);
      this.moveNext(1);
    }
    if (this.next !== this.una || length > 0) this.repeat.arm();
    if (this.mustAcknowledge) this.acknowledge();
  }

  private moveNext(count: number): void {
    const end = advance(this.next, count);
    this.next = end;
    if (distance(end, this.highest) <= 0) return;
    this.highest = end;
    this.repeat.sent(end);
  }

  private sendAgain(giveUp: boolean): void {
    if (giveUp) {
      if (this.state !== 'connecting') this.emit(RST | ACK, this.next, this.expected);
      return this.resetHost();
    }
    if (this.state === 'syn-sent' || this.state === 'syn-received') return this.sendSyn();
    this.next = this.una;
    this.output(true);
    // A byte that was sent to a shut window does not count as sent: the guest is not going to keep it.
    if (this.guestWindow === 0) this.next = this.una;
  }

  /** Sends all that is not confirmed once more. */
  private goBack(): void {
    this.repeat.again();
    this.next = this.una;
  }

  private begin(): void {
    // A clock of 4 µs (RFC 9293 §3.4.1).
    this.una = this.next = this.highest = Math.floor(this.around.clock.nowNs() / 4000) >>> 0;
  }

  private takeSyn({ sequence, window, maxSegment, windowShift }: TcpSegment): void {
    this.firstSequence = sequence;
    this.expected = advance(sequence, 1);
    this.segmentSize = Math.max(64, Math.min(maxSegment ?? DEFAULT_SEGMENT, MAX_SEGMENT));
    // Both shift, or none does (RFC 7323 §2.2).
    this.guestShift = windowShift ?? 0;
    this.receiveShift = windowShift === undefined ? 0 : WINDOW_SHIFT;
    this.guestWindow = window;
    [this.windowSequence, this.windowAcknowledgment] = [sequence, this.una];
  }

  private sendSyn(): void {
    const isAnswer = this.state === 'syn-received';
    const offersShift = !isAnswer || this.receiveShift > 0;
    this.around.emit({
      ...{ sequence: this.una, acknowledgment: isAnswer ? this.expected : 0, flags: isAnswer ? SYN | ACK : SYN },
      ...{ window: Math.min(RECEIVE_BUFFER, 0xffff), maxSegment: MAX_SEGMENT, payload: new Uint8Array() },
      windowShift: offersShift ? WINDOW_SHIFT : undefined,
    });
    this.edge = advance(this.expected, 0xffff);
    this.next = this.una;
    this.moveNext(1);
    this.repeat.arm();
  }

  private acknowledge(): void {
    // Not `next`: while something is sent again, the guest has seen more.
    this.emit(ACK, this.highest, this.expected);
  }

  private emit(flags: number, sequence: number, acknowledgment: number, payload: Uint8Array = new Uint8Array()): void {
    const window = (flags & RST) !== 0 ? 0 : this.window >> this.receiveShift;
    if (flags & ACK) {
      this.mustAcknowledge = false;
      this.edge = advance(this.expected, window << this.receiveShift);
    }
    this.around.emit({ flags, sequence, acknowledgment, window, payload });
  }

  /** What the guest may send now. */
  private get window(): number {
    const room = Math.max(0, RECEIVE_BUFFER - this.untaken);
    return this.receiveShift > 0 ? room : Math.min(room, 0xffff);
  }

  private resetHost(): void {
    this.around.sockets({ type: 'reset', id: this.around.id });
    this.finish();
  }

  private finish(): void {
    this.state = 'over';
    this.repeat.stop();
    this.around.over();
  }
}
