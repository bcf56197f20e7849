import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { guestFile } from '../../support/guests.ts';
import { initrd } from '../../boot/support/debian.ts';
import type { Show } from '../show.ts';
import type { Measured } from './fork.ts';

const MiB = 2 ** 20;

export const clones: Show = {
  name: 'clones',
  summary: 'eight copies of a handset that runs two guests share its pages, and each goes on by itself',
  control: 'each copy is a whole machine, restored from a snapshot',
  missing: () => (guestFile('Image-cloud') && guestFile(initrd) ? undefined : 'the kernel is not here: pocketvisor guests fetch'),
  run({ short, control }) {
    const copies = control ? 2 : 8;
    const alone = short ? 1 : copies;
    const program = fileURLToPath(new URL('fork.ts', import.meta.url));
    const args = ['--expose-gc', program, JSON.stringify({ copies, alone, control })];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 64 * MiB });
    if (status !== 0) throw new Error(`the measurement failed: ${stderr}`);
    const { bytesBefore, bytesAfter, hostMs, alike, asAlone, outcomes, hashes } = JSON.parse(stdout) as Measured;
    const more = (100 * (bytesAfter - bytesBefore)) / bytesBefore;
    return Promise.resolve({
      figures: [
        { name: 'copies', value: outcomes.length, goal: { is: 8 } },
        { name: 'time to make them', value: hostMs, unit: 'ms', goal: { atMost: 1000 }, note: 'of the host, all together' },
        { name: 'memory of the booted machine', value: bytesBefore / MiB, unit: 'MiB', note: 'resident, the whole process' },
        { name: 'more with all copies', value: more, unit: '%', goal: { atMost: 10 } },
        { name: 'copies equal to the original', value: alike, goal: { is: copies }, note: 'state hash' },
        {
          name: 'copies that answered their input',
          value: outcomes.filter((each) => each === 'expected').length,
          goal: { is: copies },
        },
        { name: 'different ends', value: new Set(hashes).size, goal: { is: copies }, note: 'state hashes, one for each input' },
        {
          name: 'ends as without copies',
          value: asAlone,
          goal: { is: alone },
          note: 'the same input given to the machine itself',
        },
      ],
    });
  },
};
