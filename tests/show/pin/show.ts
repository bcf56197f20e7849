import { createHmac } from 'node:crypto';
import { createRandom } from '../../../emulator/base/random.ts';
import { guestFile } from '../../support/guests.ts';
import type { Show } from '../show.ts';
import { startHandset, type RunningHandset } from '../support/handset.ts';
import { Entry } from './entry.ts';
import { found } from './needles.ts';
import { memoryOf, stateOf } from './haystacks.ts';
import { Watch } from './watch.ts';

const [kernel, initrd] = ['Image-full', 'initramfs.cpio.gz'];
const FUSES = 'fuses-of-one-device';
const [DIGITS, FRAMES] = [8, 8];
/** How long the system boots, and a dialogue lasts, at most. */
const [BOOT_NS, DIALOGUE_NS] = [20e9, 4e9];

export const pin: Show = {
  name: 'pin',
  summary: 'a PIN is typed beside Linux, which paints everywhere: none of it in Linux, and the secure strip is seen all along',
  control: 'without the overlay, so that the secure cell cannot take the screen: hands reach Linux',
  missing: () =>
    [kernel!, initrd!]
      .map((name) => (guestFile(name) ? undefined : `${name} is not here: pocketvisor guests fetch`))
      .find(Boolean),
  async run({ short, control, progress }) {
    const random = createRandom(1, 'pin');
    const digits = Array.from({ length: DIGITS }, () => random.next() % 10);
    const handset = start(control);
    const { machine, consoles } = handset;
    const entry = new Entry(handset, digits, random);
    const watch = new Watch(handset);
    const leaks = { memory: 0, state: 0, console: 0 };
    const kept = { during: 0, after: 0 };
    const rounds = short ? 1 : 6;
    let verified = 0;

    progress('the PIN is chosen');
    handset.wait('pin', /choose a PIN/, BOOT_NS);
    entry.type('keys');
    entry.confirm();
    progress('Linux boots');
    handset.wait('linux', /\/ # /, BOOT_NS);
    for (let round = 0; round < rounds; round++) {
      progress(`challenge ${round + 1} of ${rounds}`);
      const challenge = Buffer.from(random.bytes(16)).toString('hex');
      const [from, asked] = [consoles['linux']!.length, consoles['pin']!.length];
      handset.type('linux', `/bank ${challenge} ${FRAMES}\n`);
      handset.wait('linux', /is painted/, DIALOGUE_NS, from);
      watch.whilePainted(asked, DIALOGUE_NS);
      const before = watch.reports.length;
      entry.type(round % 2 === 0 ? 'fingers' : 'keys');
      // The last digit is in, and nothing has been used or wiped yet.
      const { needles } = entry;
      kept.during += found(memoryOf(machine, 'pin'), needles).length;
      leaks.memory += found(memoryOf(machine, 'linux'), needles).length;
      entry.confirm();
      handset.wait('linux', /BANK (SIGNED|REFUSED|FAILED)[^\n]*\n/, DIALOGUE_NS, from);
      watch.entryEnded(before);
      const said = consoles['linux']!.slice(from);
      if (said.includes(`BANK SIGNED ${signature(challenge)}`)) verified++;
      leaks.memory += found(memoryOf(machine, 'linux'), needles).length;
      leaks.state += found(stateOf(machine, 'linux'), needles).length;
      if (said.replace(/\D/g, '').includes(digits.join(''))) leaks.console++;
      kept.after += found(memoryOf(machine, 'pin'), needles).length;
    }
    return {
      figures: [
        { name: "forms of the PIN in Linux's memory and channel", value: leaks.memory, goal: { is: 0 } },
        { name: "in its devices' and CPUs' state", value: leaks.state, goal: { is: 0 } },
        { name: 'on its console', value: leaks.console, goal: { is: 0 } },
        { name: 'reports to its input devices meanwhile', value: watch.reportsToLinux, goal: { is: 0 } },
        { name: 'pixels of the strip that were something else', value: watch.coveredPixels, goal: { is: 0 } },
        { name: 'pictures looked at', value: watch.pictures, goal: { atLeast: 5 }, note: 'while Linux painted' },
        { name: 'pictures that Linux changed', value: watch.changes, goal: { atLeast: 3 } },
        { name: 'signatures that are right', value: verified, goal: { is: rounds } },
        {
          name: 'forms of the PIN in the secure cell, during',
          value: kept.during,
          goal: { atLeast: rounds },
          note: 'so the search finds it',
        },
        { name: 'and once it was used', value: kept.after, goal: { is: 0 } },
      ],
      details: [
        `${entry.needles.length} forms of a PIN of ${DIGITS} digits are looked for; ${(machine.nowNs / 1e9).toFixed(2)} s of virtual time`,
      ],
    };
  },
};

/** The handset; for the control without the overlay. */
function start(control: boolean): RunningHandset {
  return startHandset('pin', { edit: (text) => (control ? text.replace(/^ +overlay:.*\n/m, '') : text) });
}

function signature(challenge: string): string {
  const key = createHmac('sha256', FUSES).update('signing key').digest();
  return createHmac('sha256', key).update(Buffer.from(challenge, 'hex')).digest('hex');
}
