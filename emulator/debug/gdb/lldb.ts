/** What LLDB asks beside GDB's packets (lldb/docs/lldb-gdb-remote.txt); registers it takes from the target description. */
import { errors, type Context, type Handler } from './context.ts';
import { stopReply } from './stop-reply.ts';
import { parseThread } from './context.ts';
import { hexOfText, parseNumber } from './text.ts';

const machine = `triple:${hexOfText('aarch64-unknown-none')};endian:little;ptrsize:8;`;

/** A watchpoint stops before the access, as the architecture has it (DDI 0487 D2.10.5). */
export const hostInfo: Handler = () => `${machine}watchpoint_exceptions_received:before;`;

export const processInfo: Handler = () => `pid:1;${machine}`;

export const version: Handler = () => 'name:pocketvisor;version:1;';

/** Registers are described by `target.xml`: here is the end of the list. */
export const registerInfo: Handler = () => 'E45';

export const watchpointSupport: Handler = () => 'num:32;';

/** `qThreadStopInfo` and a thread. */
export const threadStopInfo: Handler = (context, rest) => {
  const thread = parseThread(context, rest) ?? 0;
  if (thread < 1 || !context.stop) return errors.invalid;
  if (thread - 1 === context.stop.core) return stopReply(context, context.stop);
  return `T00thread:${thread.toString(16)};`;
};

/** `jThreadsInfo`: all threads with why they stopped. */
export const threadsInfo: Handler = (context) => JSON.stringify(context.stop ? threads(context) : []);

function threads({ target, stop }: Context): object[] {
  return Array.from({ length: target.cores }, (_, core) => {
    const stopped = stop?.core === core;
    const reasons: Record<string, string> = { breakpoint: 'breakpoint', watchpoint: 'watchpoint', step: 'trace' };
    const kind = stopped ? stop.reason.kind : '';
    return {
      ...{ tid: core + 1, name: `core ${core}` },
      ...(stopped ? { reason: reasons[kind] ?? 'signal', signal: kind === 'interrupt' ? 2 : kind === 'fault' ? 11 : 5 } : {}),
    };
  });
}

const PAGE = 4096n;

/** `qMemoryRegionInfo:address`: the page, for nobody knows more of what a guest maps. */
export const memoryRegion: Handler = ({ target, core }, rest) => {
  const address = parseNumber(rest);
  if (address === undefined) return errors.invalid;
  const start = address - (address % PAGE);
  const isMapped = target.readMemory(core, start, 1).length === 1;
  return `start:${start.toString(16)};size:1000;${isMapped ? 'permissions:rwx;' : ''}`;
};
