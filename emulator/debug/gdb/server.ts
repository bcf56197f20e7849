import { encodeUtf8 } from '../../base/utf8.ts';
import type { DebugTarget, Stop } from '../target.ts';
import type { Context } from './context.ts';
import { handlerOf, leave, whileRunning } from './handlers.ts';
import { packet, PacketReader, type Token } from './packet.ts';
import { stopReply } from './stop-reply.ts';
import { hexOf, textOf } from './text.ts';

/** Bytes of a person's text in one packet. */
const CONSOLE_PIECE = 1000;

/**
 * The server of the GDB remote serial protocol (GDB manual, appendix E) for one debugger, in all-stop mode with a thread for each core: bytes
 * in, bytes out. Whatever comes in is answered or ignored, never thrown at.
 */
export class GdbServer {
  private readonly send: (bytes: Uint8Array) => void;
  private readonly context: Context;
  private readonly reader = new PacketReader();
  private acknowledges = true;
  /** The last packet, should it have to be sent again. */
  private last: Uint8Array | undefined;

  /** `stop`: what the machine stands at now. */
  constructor(target: DebugTarget, stop: Stop, send: (bytes: Uint8Array) => void) {
    this.send = send;
    this.context = {
      target,
      core: stop.core,
      stepped: stop.core,
      stop,
      knowsBreakReasons: false,
      breakpoints: new Map(),
      print: (text) => this.print(text),
    };
  }

  /** Bytes from the debugger, cut anywhere. */
  receive(bytes: Uint8Array): void {
    for (const token of this.reader.feed(bytes)) this.take(token);
  }

  /** The machine that ran has stopped. */
  stopped(stop: Stop): void {
    const { context } = this;
    if (context.stop) return;
    context.stop = stop;
    context.core = context.stepped = stop.core;
    this.answer(stopReply(context, stop));
  }

  /** The run is over; `code` is that of the process. */
  ended(code: number): void {
    this.answer(`W${(code & 0xff).toString(16).padStart(2, '0')}`);
  }

  /** The debugger is gone without a word. */
  closed(): void {
    leave(this.context);
  }

  private take(token: Token): void {
    switch (token.kind) {
      case 'ack':
        return;
      case 'nak':
        if (this.acknowledges && this.last) this.send(this.last);
        return;
      case 'interrupt':
        if (!this.context.stop) this.context.target.interrupt();
        return;
      case 'damaged':
        if (this.acknowledges) this.send(Uint8Array.of(0x2d));
        return;
      case 'packet':
        if (this.acknowledges) this.send(Uint8Array.of(0x2b));
        return this.handle(textOf(token.body));
    }
  }

  private handle(text: string): void {
    if (text === 'QStartNoAckMode') {
      this.answer('OK');
      this.acknowledges = false;
      return;
    }
    const known = handlerOf(text);
    if (!this.context.stop && !(known && whileRunning.has(known.name))) return;
    const body = known ? known.handler(this.context, known.rest) : '';
    if (body !== undefined) this.answer(body);
  }

  private answer(body: string): void {
    this.last = packet(body);
    this.send(this.last);
  }

  private print(text: string): void {
    const bytes = encodeUtf8(text);
    for (let at = 0; at < bytes.length; at += CONSOLE_PIECE) this.answer(`O${hexOf(bytes.subarray(at, at + CONSOLE_PIECE))}`);
  }
}
