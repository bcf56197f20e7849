/** What the machine stands at, as a stop reply packet has it (GDB manual, E.3). */
import { debugRegisters } from '../target-description.ts';
import type { Stop, WatchedAccess } from '../target.ts';
import type { Context } from './context.ts';

/** GDB's numbers of signals. */
const signals = { interrupt: '02', trap: '05', fault: '0b' } as const;
const watched: Readonly<Record<WatchedAccess, string>> = { write: 'watch', read: 'rwatch', access: 'awatch' };
const pc = debugRegisters.find(({ name }) => name === 'pc')!;

export function stopReply(context: Context, { core, reason }: Stop): string {
  const thread = `thread:${(core + 1).toString(16)};`;
  switch (reason.kind) {
    case 'interrupt':
      return `T${signals.interrupt}${thread}`;
    case 'fault':
      return `T${signals.fault}${thread}`;
    case 'step':
      return `T${signals.trap}${thread}`;
    case 'watchpoint':
      return `T${signals.trap}${thread}${watched[reason.access]}:${reason.address.toString(16)};`;
    case 'breakpoint':
      return `T${signals.trap}${thread}${context.knowsBreakReasons ? breakReason(context, core) : ''}`;
  }
}

function breakReason({ target, breakpoints }: Context, core: number): string {
  const bytes = target.readRegister(core, pc);
  const kinds = breakpoints.get(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return kinds?.has('0') ? 'swbreak:;' : kinds ? 'hwbreak:;' : '';
}
