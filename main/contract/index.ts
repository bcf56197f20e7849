/**
 * The contract between screen and host. It knows neither Node nor the DOM, and is all that the renderer may import of `main`.
 *
 * `createClient(channel)` is the screen's half, `serveChannel(channel, host)` the host's. Everything that arrives is checked against the
 * schemas, on both sides.
 */
export { actProblem, cellActs } from '../../emulator/base/cell-acts.ts';
export type { Channel } from './channel.ts';
export { createClient, type Client } from './client.ts';
export type { ClientEvents, ConsoleEvent, EventName, Events } from './events.ts';
export { serveChannel, type Host, type Peer } from './host.ts';
export { RpcError } from './message.ts';
export type { Api, Services } from './methods.ts';
export type {
  CellAct,
  CellStatus,
  DeadlineStatus,
  Document,
  Guest,
  HandsAction,
  HostInfo,
  Machine,
  MachineId,
  MachineStatus,
  Problem,
  Progress,
  Project,
  Range,
  RunResult,
  Settings,
  Speed,
} from './schema.ts';
export type { ScreenCursor, ScreenEvent, ScreenPart } from './screen-frame.ts';
export { createSocketChannel, type SocketLike } from './socket-channel.ts';
export { createPortChannel, portMessage, type PortLike } from './port-channel.ts';
