/** The packets that are known, by name: the longest that a packet begins with is its. */
import * as breakpoints from './breakpoints.ts';
import type { Context, Handler } from './context.ts';
import { transfer } from './documents.ts';
import * as lldb from './lldb.ts';
import * as memory from './memory.ts';
import { monitor } from './monitor.ts';
import { MOST_BYTES } from './packet.ts';
import * as registers from './registers.ts';
import * as resume from './resume.ts';
import { stopReply } from './stop-reply.ts';
import * as threads from './threads.ts';

const yes: Handler = () => 'OK';

/** What we can do (GDB manual, E.4, "qSupported"). */
const features = [
  `PacketSize=${(MOST_BYTES / 2).toString(16)}`,
  ...['QStartNoAckMode+', 'qXfer:features:read+', 'qXfer:memory-map:read+', 'qXfer:threads:read+'],
  ...['swbreak+', 'hwbreak+', 'vContSupported+'],
].join(';');

const supported: Handler = (context, rest) => {
  context.knowsBreakReasons = /(^|[:;])swbreak\+(;|$)/.test(rest);
  return features;
};

/** Why the machine stands still. */
const why: Handler = (context) => (context.stop ? stopReply(context, context.stop) : '');

/** Nobody debugs any more: breakpoints go, the machine runs on. */
const detach: Handler = (context) => {
  leave(context);
  return 'OK';
};

export function leave(context: Context): void {
  context.breakpoints.clear();
  context.target.clearAll();
  const wasStopped = context.stop !== undefined;
  context.stop = undefined;
  if (wasStopped) context.target.resume();
  context.target.detached();
}

const kill: Handler = ({ target }) => {
  target.kill();
  return undefined;
};

const killed: Handler = ({ target }) => {
  target.kill();
  return 'OK';
};

const restart: Handler = ({ target }) => {
  target.reset();
  return undefined;
};

const table: Readonly<Record<string, Handler>> = {
  '!': yes,
  '?': why,
  ...{ c: resume.goOn, C: resume.goOnWithSignal, s: resume.step, S: resume.stepWithSignal },
  ...{ 'vCont?': resume.actions, 'vCont;': resume.vCont },
  ...{ g: registers.readAll, G: registers.writeAll, p: registers.readOne, P: registers.writeOne },
  ...{ m: memory.read, M: memory.write, X: memory.writeBinary, 'qCRC:': memory.checksum },
  ...{ Z: breakpoints.insert, z: breakpoints.remove },
  ...{ H: threads.choose, T: threads.isAlive, qC: threads.current },
  ...{ qfThreadInfo: threads.first, qsThreadInfo: threads.further, 'qThreadExtraInfo,': threads.extraInfo },
  ...{ qSupported: supported, 'qXfer:': transfer, 'qRcmd,': monitor },
  ...{ 'qSymbol::': yes, qAttached: () => '1' },
  ...{ D: detach, k: kill, 'vKill;': killed, 'vAttach;': why, R: restart },
  ...{ qHostInfo: lldb.hostInfo, qProcessInfo: lldb.processInfo, qGDBServerVersion: lldb.version },
  ...{ qRegisterInfo: lldb.registerInfo, 'qWatchpointSupportInfo:': lldb.watchpointSupport },
  ...{ qThreadStopInfo: lldb.threadStopInfo, jThreadsInfo: lldb.threadsInfo, 'qMemoryRegionInfo:': lldb.memoryRegion },
};

/** Names that are the whole packet, or end where letters do: `qC` is not the beginning of `qCRC`. */
const exact = new Set([
  '!',
  '?',
  'c',
  's',
  'g',
  'k',
  'qC',
  'qfThreadInfo',
  'qsThreadInfo',
  'vCont?',
  'qHostInfo',
  'qProcessInfo',
]);
const taking = new Set(['c', 's']);
const longestFirst = Object.keys(table).sort((a, b) => b.length - a.length);

/** Whether a packet of that name may come while the machine runs. */
export const whileRunning = new Set<string>(['k', 'vKill;', 'D']);

/** The handler of a packet, and what follows its name. */
export function handlerOf(text: string): { name: string; handler: Handler; rest: string } | undefined {
  const name = longestFirst.find((one) => text.startsWith(one) && (text === one || taking.has(one) || !exact.has(one)));
  return name === undefined ? undefined : { name, handler: table[name]!, rest: text.slice(name.length) };
}
