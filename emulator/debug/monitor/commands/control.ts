/** What runs, and what does not. */
import { UserError } from '../../../base/user-error.ts';
import { decodeSyndrome, syndromeText } from '../../syndrome/decode.ts';
import { hex64, nameOf } from '../../views.ts';
import { action, type MonitorCommand } from '../command.ts';

const acts = (names: MonitorCommand['names'], summary: string, what: Parameters<typeof action>[0]): MonitorCommand => ({
  ...{ names, usage: names[0], summary },
  run: () => action(what),
});

export const control: readonly MonitorCommand[] = [
  acts(['stop', 'pause'], 'stops the machine', 'stop'),
  acts(['cont', 'c', 'resume'], 'lets it go on', 'cont'),
  acts(['reset', 'system_reset'], 'as the reset button', 'reset'),
  acts(['power', 'system_powerdown'], 'presses the power key', 'power'),
  acts(['quit', 'q'], 'ends the run', 'quit'),
];

/** QEMU's, with the names that the cards have in a capture. */
export const setLink: MonitorCommand = {
  names: ['set_link'],
  usage: 'set_link ethN on|off',
  summary: 'plugs the cable of a network card in or out',
  run({ target }, [name = '', state = '']) {
    const nic = /^eth\d$/.test(name) ? Number(name.slice(3)) : NaN;
    if (!(nic < target.nics)) {
      const hint = target.nics === 0 ? 'the machine has none' : `eth0 to eth${target.nics - 1}`;
      throw new UserError('unknown-card', `there is no network card ${JSON.stringify(name)}`, { hint });
    }
    if (state !== 'on' && state !== 'off')
      throw new UserError('bad-link', `${JSON.stringify(state)} is no state of a cable`, { hint: 'on or off' });
    return action({ nic, up: state === 'on' });
  },
};

export const core: MonitorCommand = {
  names: ['core', 'cpu'],
  usage: 'core N',
  summary: 'the core that the other commands are about',
  run(context, [number]) {
    const chosen = number === undefined ? context.state.core : Number(number);
    const { cores } = context.target;
    if (!cores[chosen]) throw new UserError('unknown-core', `there is no core ${number}`, { hint: `0 to ${cores.length - 1}` });
    context.state.core = chosen;
    return [`core ${chosen}`];
  },
};

export const print: MonitorCommand = {
  names: ['print', 'p'],
  usage: 'print EXPRESSION',
  summary: 'a value, such as $x0+8, with the nearest symbol',
  run(context, args) {
    const value = context.address(args.join(''));
    return [`${hex64(value)} ${BigInt.asIntN(64, value)} ${nameOf(context.target.symbols, value)}`.trimEnd()];
  },
};

export const esr: MonitorCommand = {
  names: ['esr'],
  usage: 'esr [VALUE]',
  summary: 'a syndrome by the manual; that of the present level without VALUE',
  run(context, args) {
    const level = Math.max(context.core.get32('EL'), 1);
    const value = args.length === 0 ? context.core.get64(`ESR_EL${level}`) : context.address(args.join(''));
    const syndrome = decodeSyndrome(value);
    return [syndrome.name, `  ${syndromeText(syndrome)}`];
  },
};

export const explain: MonitorCommand = {
  names: ['explain'],
  usage: 'explain',
  summary: 'why the core took its last exception, with the branches before it (the run is repeated for them)',
  run({ target, state }) {
    const found = target.explain(state.core);
    return found ? [found.headline, found.detail] : [`core ${state.core} has taken no exception`];
  },
};
