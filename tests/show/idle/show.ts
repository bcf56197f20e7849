import type { CellConfig } from '../../../emulator/hypervisor/config.ts';
import type { WakeUp } from '../../../emulator/hypervisor/wake-ups.ts';
import { guestFile } from '../../support/guests.ts';
import { initrd } from '../../boot/support/debian.ts';
import type { Show } from '../show.ts';
import { startHandset } from '../support/handset.ts';

const SECOND = 1e9;

/** The control: the real-time guest has no rest. */
const restless = (cell: CellConfig): CellConfig =>
  cell.name === 'rtos' ? { ...cell, boot: { ...cell.boot, append: 'busy' } } : cell;

const owner = ({ cell, cpu, cause }: WakeUp): string => `${cell}, vCPU ${cpu}: ${cause}`;

export const idle: Show = {
  name: 'idle',
  summary: 'a phone with Linux and a real-time guest that have nothing to do sleeps, and says who wakes it next',
  control: 'the real-time guest computes',
  missing() {
    const absent = ['Image-cloud', initrd].filter((guest) => !guestFile(guest));
    return absent.length > 0 ? `there is no ${absent.join(', no ')}: pocketvisor guests fetch` : undefined;
  },
  run({ short, control, progress }) {
    const run = startHandset('standby', control ? { change: restless } : {});
    const { machine } = run;
    const hypervisor = machine.hardware.hosted!.hypervisor;
    progress('Linux boots');
    run.wait('linux', /GUEST READY[^]*# /, 20 * SECOND);
    // What is left to do after a start is done.
    const started = (Math.ceil(machine.nowNs / SECOND) + (short ? 1 : 5) + 0.037) * SECOND;
    run.runTo(started);
    const before = hypervisor.idle();
    const hostBefore = process.cpuUsage().user;
    const seconds = short ? 10 : 600;
    run.runTo(started + seconds * SECOND, (ns) => progress(`idle for ${((ns - started) / SECOND).toFixed(1)} s`));
    const hostMs = (process.cpuUsage().user - hostBefore) / 1000;
    const { cores, wakeUps, next } = hypervisor.idle();
    const asleep = cores.reduce((sum, { idleNs }, n) => sum + idleNs - before.cores[n]!.idleNs, 0);
    const known = new Map(before.wakeUps.map((row) => [owner(row), row.count]));
    const woken = wakeUps
      .map((row) => ({ name: owner(row), count: row.count - (known.get(owner(row)) ?? 0) }))
      .filter(({ count }) => count > 0);
    const total = woken.reduce((sum, { count }) => sum + count, 0);
    // What it says is next is what happens, at that time and not before.
    let kept = NaN;
    if (next) {
      const awake = (): number => hypervisor.idle().cores.reduce((sum, { runNs, overheadNs }) => sum + runNs + overheadNs, 0);
      const now = awake();
      run.runTo(next.atNs - 1);
      const slept = awake() === now;
      run.runTo(next.atNs + SECOND / 1000);
      kept = slept && awake() > now ? 1 : 0;
    }
    return Promise.resolve({
      figures: [
        { name: 'asleep', value: (100 * asleep) / (cores.length * seconds * SECOND), unit: '%', goal: { atLeast: 99 } },
        { name: 'wake-ups in a second', value: total / seconds },
        {
          name: 'next wake-up',
          value: next ? (next.atNs - started - seconds * SECOND) / 1e6 : NaN,
          unit: 'ms',
          goal: { atLeast: 0 },
          note: next ? owner(next) : 'nothing is due',
        },
        { name: 'it came, and none before', value: kept, goal: { is: 1 } },
        { name: 'host time for a virtual second', value: hostMs / seconds, unit: 'ms' },
      ],
      details: woken.map(({ name, count }) => `${String(count).padStart(8)}  ${name}`),
    });
  },
};
