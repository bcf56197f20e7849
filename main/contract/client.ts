/** The screen's half: typed calls and events over a {@link Channel}. */
import type { Channel } from './channel.ts';
import { events, type ClientEvents, type EventName } from './events.ts';
import { decodeFrame, encodeFrame } from './frame.ts';
import { decodeScreen, screenKind } from './screen-frame.ts';
import { fromHost, parseJson, RpcError } from './message.ts';
import { methods, type Api, type Method } from './methods.ts';

export interface Client extends Api {
  /** Calls `listener` for each such event until the function that it answers is called. */
  on<E extends keyof ClientEvents>(event: E, listener: (data: ClientEvents[E]) => void): () => void;
  /** Types bytes on a machine's console. */
  input(machine: number, bytes: Uint8Array, console?: number): void;
  /** Called once when the connection is gone; calls that are under way fail with code `closed`. */
  onClose(listener: () => void): void;
  close(): void;
}

interface Pending {
  method: Method;
  resolve(value: unknown): void;
  reject(error: RpcError): void;
}

/** Calls fail with an {@link RpcError}. A message from the host that is not of the contract is dropped, with a note on the console. */
export function createClient(channel: Channel): Client {
  const pending = new Map<number, Pending>();
  const listeners = new Map<string, Set<(data: unknown) => void>>();
  const closeListeners: (() => void)[] = [];
  let nextId = 1;
  let closed = false;

  const emit = (event: string, data: unknown) => {
    for (const listener of listeners.get(event) ?? []) listener(data);
  };

  const receiveText = (text: string) => {
    const message = fromHost.safeParse(parseJson(text));
    if (!message.success) return complain('a message that is not of the contract');
    if ('event' in message.data) {
      const { event, data } = message.data;
      if (!Object.hasOwn(events, event)) return complain(`an unknown event ${event}`);
      const checked = events[event as EventName].safeParse(data);
      return checked.success ? emit(event, checked.data) : complain(`an ill-formed event ${event}`);
    }
    const call = pending.get(message.data.id);
    pending.delete(message.data.id);
    if (!call) return complain('an answer to no call');
    if ('error' in message.data) return call.reject(new RpcError(message.data.error));
    const result = call.method.result.safeParse(message.data.result);
    if (result.success) call.resolve(result.data);
    else call.reject(new RpcError({ code: 'bad-result', message: 'the host gave an answer that is not of the contract' }));
  };

  channel.onData((data) => {
    if (typeof data === 'string') return receiveText(data);
    const isScreen = data[0] === screenKind;
    const event = isScreen ? decodeScreen(data) : decodeFrame(data);
    if (event) emit(isScreen ? 'screen' : 'console', event);
    else complain('an ill-formed frame');
  });
  channel.onClose(() => {
    closed = true;
    for (const call of pending.values()) call.reject(closedError());
    pending.clear();
    for (const listener of closeListeners) listener();
  });

  const call = (name: string, method: Method, params: unknown) =>
    new Promise<unknown>((resolve, reject) => {
      if (closed) return reject(closedError());
      const id = nextId++;
      pending.set(id, { method, resolve, reject });
      channel.send(JSON.stringify({ id, method: name, params }));
    });

  const api = Object.fromEntries(
    Object.entries(methods).map(([service, rows]) => [
      service,
      Object.fromEntries(
        Object.entries(rows).map(([name, row]) => [name, (params: unknown = {}) => call(`${service}.${name}`, row, params)]),
      ),
    ]),
  ) as unknown as Api;

  return {
    ...api,
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set);
      const entry = (data: unknown) => listener(data as ClientEvents[typeof event]);
      set.add(entry);
      return () => void set.delete(entry);
    },
    input(machine, bytes, console = 0) {
      if (!closed) channel.send(encodeFrame({ machine, console, offset: 0, bytes }));
    },
    onClose(listener) {
      closeListeners.push(listener);
    },
    close: () => channel.close(),
  };
}

function closedError(): RpcError {
  return new RpcError({ code: 'closed', message: 'the connection to Pocketvisor is closed' });
}

function complain(what: string): void {
  console.warn(`pocketvisor: the host sent ${what}`);
}
