/** `vCont`, `c`, `s` and their like: how the machine goes on. Signals that GDB would deliver mean nothing to a processor. */
import type { Step } from '../target.ts';
import { debugRegisters } from '../target-description.ts';
import { errors, parseThread, type Context, type Handler } from './context.ts';
import { parseNumber } from './text.ts';

const pc = debugRegisters.find(({ name }) => name === 'pc')!;

function go(context: Context, step?: Step): undefined {
  context.stop = undefined;
  context.target.resume(step);
}

/** `c [address]`, `s [address]`; `C` and `S` with a signal before it. */
const plain =
  (isStep: boolean, hasSignal: boolean): Handler =>
  (context, rest) => {
    let address = rest;
    if (hasSignal) {
      const match = /^[\da-f]{2}(?:;(.*))?$/i.exec(rest);
      if (!match) return errors.invalid;
      address = match[1] ?? '';
    }
    if (address !== '') {
      const value = parseNumber(address);
      if (value === undefined) return errors.invalid;
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigUint64(0, value, true);
      context.target.writeRegister(context.stepped, pc, bytes);
    }
    return go(context, isStep ? { core: context.stepped } : undefined);
  };

export const goOn = plain(false, false);
export const goOnWithSignal = plain(false, true);
export const step = plain(true, false);
export const stepWithSignal = plain(true, true);

/** `r` is a step through a range of addresses. */
export const actions: Handler = () => 'vCont;c;C;s;S;r';

/**
 * `vCont;action[:thread]...`: the leftmost action that names a core, or none, is the core's. One core is stepped at most: the one that is
 * named. Cores without an action take their turns all the same, for they are one machine whose run must not depend on us.
 */
export const vCont: Handler = (context, rest) => {
  let chosen: Step | undefined;
  for (const part of rest.split(';')) {
    const [action = '', thread = '-1', ...more] = part.split(':');
    const core = parseThread(context, thread);
    if (core === undefined || more.length > 0 || !/^(?:[cs]|[CS][\da-f]{2}|r[\da-f]{1,16},[\da-f]{1,16})$/i.test(action)) {
      return errors.invalid;
    }
    if (chosen || /^c/i.test(action)) continue;
    const stepped = core > 0 ? core - 1 : (context.stop?.core ?? context.stepped);
    const [start, end] = action.slice(1).split(',').map(parseNumber);
    const isRange = action.startsWith('r') && start !== undefined && end !== undefined;
    chosen = { core: stepped, ...(isRange ? { range: { start, end } } : {}) };
  }
  return go(context, chosen);
};
