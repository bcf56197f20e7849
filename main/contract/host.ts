/** The host's half: checks what a screen sends, calls the services, and sends answers and events. */
import type { z } from 'zod';
import type { Channel } from './channel.ts';
import type { ConsoleEvent, EventName, Events } from './events.ts';
import { decodeFrame, encodeFrame } from './frame.ts';
import { encodeScreen, type ScreenEvent } from './screen-frame.ts';
import { parseJson, request, wireError, type WireError } from './message.ts';
import { methods, type Method, type Services } from './methods.ts';

/** One connected screen, as services see it. */
export interface Peer {
  emit<E extends EventName>(event: E, data: Events[E]): void;
  console(event: ConsoleEvent): void;
  screen(event: ScreenEvent): void;
  readonly pendingBytes: number;
}

export interface Host {
  services: Services<Peer>;
  /** Bytes that a screen types. */
  input(machine: number, console: number, bytes: Uint8Array): void;
  connected(peer: Peer): void;
  disconnected(peer: Peer): void;
  /** A broken invariant of ours: the screen only learns that there was one. */
  internalError(error: unknown): void;
}

type AnyHandler = (params: unknown, context: Peer) => unknown;

/** Serves one channel until it closes. Ill-formed messages get an error where they have an id, and are dropped where they have none. */
export function serveChannel(channel: Channel, host: Host): void {
  const peer: Peer = {
    emit: (event, data) => channel.send(JSON.stringify({ event, data })),
    console: (event) => channel.send(encodeFrame(event)),
    screen: (event) => channel.send(encodeScreen(event)),
    get pendingBytes() {
      return channel.pendingBytes;
    },
  };
  let open = true;
  const answer = (message: { id: number } & ({ result: unknown } | { error: WireError })) => {
    if (open) channel.send(JSON.stringify(message));
  };

  channel.onClose(() => {
    open = false;
    host.disconnected(peer);
  });
  channel.onData((data) => {
    if (typeof data !== 'string') {
      const frame = decodeFrame(data);
      if (frame) host.input(frame.machine, frame.console, frame.bytes);
      return;
    }
    const value = parseJson(data);
    const message = request.safeParse(value);
    if (!message.success) {
      const id = idOf(value);
      if (id !== undefined) answer({ id, error: { code: 'bad-request', message: `not a request: ${describe(message.error)}` } });
      return;
    }
    const { id, method, params } = message.data;
    void call(host, peer, method, params).then((outcome) => answer({ id, ...outcome }));
  });
  host.connected(peer);
}

async function call(host: Host, peer: Peer, name: string, params: unknown): Promise<{ result: unknown } | { error: WireError }> {
  const [service = '', method = '', rest] = name.split('.');
  const row = rest === undefined ? own<Method>(own<object>(methods, service), method) : undefined;
  const handler = own<AnyHandler>(own<object>(host.services, service), method);
  if (!row || !handler) return { error: { code: 'unknown-method', message: `there is no method ${JSON.stringify(name)}` } };
  const checked = row.params.safeParse(params);
  if (!checked.success) return { error: { code: 'bad-params', message: `${name}: ${describe(checked.error)}` } };
  try {
    return { result: await handler(checked.data, peer) };
  } catch (error) {
    const known = asWireError(error);
    if (known) return { error: known };
    host.internalError(error);
    return { error: { code: 'internal', message: 'something inside of Pocketvisor failed; its log has the details' } };
  }
}

/** A property of its own, never an inherited one (`constructor`, `__proto__`). */
function own<T>(object: object | undefined, name: string): T | undefined {
  return object && Object.hasOwn(object, name) ? (object as Record<string, T>)[name] : undefined;
}

function idOf(value: unknown): number | undefined {
  const id = typeof value === 'object' && value !== null ? own<unknown>(value, 'id') : undefined;
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 ? id : undefined;
}

/** Errors with a code are for a person (`UserError`); everything else is our own fault. */
function asWireError(error: unknown): WireError | undefined {
  if (!(error instanceof Error) || error.name === 'InternalError') return undefined;
  const { code, hint, place } = error as Error & Partial<Record<'code' | 'hint' | 'place', unknown>>;
  const parsed = wireError.safeParse({ code, message: error.message, ...(hint ? { hint } : {}), ...(place ? { place } : {}) });
  return parsed.success ? parsed.data : undefined;
}

function describe(error: z.ZodError): string {
  const [issue] = error.issues;
  if (!issue) return 'ill-formed';
  return issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message;
}
