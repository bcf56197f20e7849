import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createRandom } from '../../../emulator/base/random.ts';
import { guestFile as ownGuest } from '../../../resources/guests/build.ts';
import { guestFile } from '../../support/guests.ts';
import type { Show } from '../show.ts';
import { HandsetRun, handsetPlan } from '../support/handset-run.ts';
import { Entry } from './entry.ts';
import { found } from './needles.ts';
import { memoryOf, stateOf } from './haystacks.ts';
import { Watch } from './watch.ts';

const [kernel, initrd] = ['Image-full', 'initramfs.cpio.gz'];
const FUSES = 'fuses-of-one-device';
const DIGITS = 8;
/** How long the system boots, a dialogue lasts at most; and how long a finger or key is down. */
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
    const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-pin-'));
    const run = new HandsetRun(planOf(folder, control));
    rmSync(folder, { recursive: true });
    const { machine } = run;
    const entry = new Entry(run, digits, random);
    const watch = new Watch(run);
    const [leaks, kept] = [new Map<string, number>(), { during: 0, after: 0 }];
    const note = (where: string, names: readonly string[]): void => void leaks.set(where, (leaks.get(where) ?? 0) + names.length);
    const rounds = short ? 1 : 6;
    let verified = 0;

    progress('the PIN is chosen');
    await run.wait('pin', /choose a PIN/, BOOT_NS);
    await entry.type('keys', true);
    progress('Linux boots');
    await run.wait('linux', / # /, BOOT_NS);
    for (let round = 0; round < rounds; round++) {
      progress(`challenge ${round + 1} of ${rounds}`);
      const challenge = Buffer.from(random.bytes(16)).toString('hex');
      const [from, asked] = [run.console('linux').length, run.console('pin').length];
      run.type('linux', `/bank ${challenge} ${short ? 8 : 40}\n`);
      await run.wait('linux', /is painted/, DIALOGUE_NS, from);
      await watch.whilePainted(() => /asked for/.test(run.console('pin').slice(asked)), DIALOGUE_NS);
      const before = watch.reports.length;
      await entry.type(round % 2 === 0 ? 'fingers' : 'keys', false);
      // The last digit is in, and nothing has been used or wiped yet.
      const needles = entry.needles;
      kept.during += found(memoryOf(machine, 'pin'), needles).length;
      note('memory', found(memoryOf(machine, 'linux'), needles));
      await entry.confirm();
      await run.wait('linux', /BANK (SIGNED|REFUSED|FAILED).*\n/, DIALOGUE_NS, from);
      watch.entryEnded(before);
      const said = run.console('linux').slice(from);
      if (said.includes(`BANK SIGNED ${signature(challenge)}`)) verified++;
      note('memory', found(memoryOf(machine, 'linux'), needles));
      note('state', found(stateOf(machine, 'linux'), needles));
      note('console', said.replace(/\D/g, '').includes(digits.join('')) ? ['digits'] : []);
      kept.after += found(memoryOf(machine, 'pin'), needles).length;
    }
    return {
      figures: [
        { name: "forms of the PIN in Linux's memory and channel", value: leaks.get('memory')!, goal: { is: 0 } },
        { name: "in its devices' and CPUs' state", value: leaks.get('state')!, goal: { is: 0 } },
        { name: 'on its console', value: leaks.get('console')!, goal: { is: 0 } },
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
        `${needleCount(entry)} forms of a PIN of ${DIGITS} digits are looked for; ${(machine.nowNs / 1e9).toFixed(2)} s of virtual time`,
      ],
    };
  },
};

const needleCount = (entry: Entry): number => entry.needles.length;

/** The handset with the bank's program in Linux's RAM disk; for the control without an overlay. */
function planOf(folder: string, control: boolean) {
  const plan = handsetPlan('pin.yaml', (text) => (control ? text.replace(/^ +overlay:.*\n/m, '') : text));
  const path = join(folder, 'initrd');
  writeFileSync(path, Buffer.concat([readFileSync(guestFile(initrd!)!), gzipSync(readFileSync(ownGuest('bank')))]));
  plan.cells!.cells.find(({ name }) => name === 'linux')!.images.initrd = [{ path, role: 'initrd' }];
  return plan;
}

function signature(challenge: string): string {
  const key = createHmac('sha256', FUSES).update('signing key').digest();
  return createHmac('sha256', key).update(Buffer.from(challenge, 'hex')).digest('hex');
}
