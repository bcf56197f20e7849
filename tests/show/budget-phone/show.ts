import type { EventStatistics } from '../../../emulator/devices/radio/statistics.ts';
import type { RadioSource } from '../../../emulator/devices/radio/radio.ts';
import { boards } from '../../../emulator/machine/boards.ts';
import { planRam } from '../../../emulator/machine/cells/ram-plan.ts';
import type { CellResult } from '../../../emulator/machine/types.ts';
import { guestFile } from '../../support/guests.ts';
import type { Figure, Show } from '../show.ts';
import { startHandset, type RunningHandset } from '../support/handset.ts';

const MiB = 2 ** 20;
/** What the board has, the hypervisor included. */
const MEMORY_MIB = 64;
/** Linux must be up by then. */
const BOOT_S = 20;
/** How long it works then, in virtual time. */
const WORK_S = 20;
const initrd = 'initramfs-mini.cpio.gz';

const sources = {
  gsmFrame: { name: 'GSM frames', perSecond: 216 },
  cdmaFrame: { name: 'CDMA frames', perSecond: 50 },
  cdmaGroup: { name: 'CDMA power-control groups', perSecond: 800 },
} as const satisfies Partial<Record<RadioSource, { name: string; perSecond: number }>>;

/** Of the shells's commands: what is left of the memory, and work without an end that counts its rounds. */
const QUESTION = 'cat /proc/meminfo; echo MEM\\ORY\n';
const WORK = 'n=0; while :; do seq 1 500 | sha256sum >/tmp/sum; n=$((n+1)); echo work $n; done\n';

export const budgetPhone: Show = {
  name: 'budget-phone',
  summary: "Debian's kernel and a baseband share a phone of 208 MHz and 64 MiB, and the radio's frames are kept",
  control: 'Linux has the priority of the baseband',
  missing: () => (guestFile('Image-cloud') && guestFile(initrd) ? undefined : `pocketvisor guests fetch Image-cloud ${initrd}`),
  run({ short, control, progress }) {
    const run = startHandset('phone-budget', {
      change: (cell) => (control && cell.name === 'modem' ? { ...cell, schedule: { ...cell.schedule, priority: 10 } } : cell),
    });
    progress('Linux boots');
    const isUp = run.wait('linux', /GUEST READY[^]*# /, BOOT_S * 1e9);
    const upNs = run.machine.nowNs;
    const memory = isUp ? memoryOf(run) : {};
    if (isUp && !short) {
      run.type('linux', WORK);
      run.runTo(run.machine.nowNs + WORK_S * 1e9, (ns) => progress(`${Math.floor(ns / 1e9)} s of virtual time`));
    }
    const endNs = run.machine.nowNs;
    const result = run.machine.result(0);
    const [modem, linux] = result.cells as [CellResult, CellResult];
    const work = Number(/work (\d+)\r\n[^]*$/.exec(run.consoles['linux']!.slice(-200))?.[1] ?? NaN);
    const ofSource = (source: keyof typeof sources): Figure[] => {
      const { name, perSecond } = sources[source];
      const { events, missed, late, release } = result.radio!.sources[source] as EventStatistics;
      return [
        { name, value: events, goal: { atLeast: Math.floor((perSecond * (endNs - STARTS_NS)) / 1e9) } },
        { name: '  missed or late', value: missed + late, goal: { is: 0 }, note: 'as the radio counts' },
        { name: '  worst release', value: release.longestNs / 1000, unit: 'us' },
      ];
    };
    const { clockHz, ramBase } = boards[run.board];
    const percent = (ns: number): Pick<Figure, 'value' | 'unit'> => ({ value: (100 * ns) / endNs, unit: '%' });
    return Promise.resolve({
      figures: [
        {
          name: 'memory of cells, channels and the hypervisor',
          value: planRam(run.plan, ramBase).size / MiB,
          unit: 'MiB',
          goal: { atMost: MEMORY_MIB },
          note: `${clockHz / 1e6} MHz, one core`,
        },
        { name: 'Linux is up after', value: isUp ? upNs / 1e9 : NaN, unit: 's', goal: { atMost: BOOT_S } },
        {
          name: '  its memory',
          value: (memory['MemTotal'] ?? NaN) / 1024,
          unit: 'MiB',
          note: 'behind the kernel and the RAM disk',
        },
        { name: '  of it left', value: (memory['MemAvailable'] ?? NaN) / 1024, unit: 'MiB', goal: { atLeast: 1 } },
        ...(short ? [] : [{ name: '  rounds of work', value: work, goal: { atLeast: WORK_S } }]),
        { name: 'Linux on the core', ...percent(linux.runNs) },
        { name: 'baseband on the core', ...percent(modem.runNs), note: `${modem.overruns} budgets used up` },
        { name: 'hypervisor, on their accounts', ...percent(modem.overheadNs + linux.overheadNs) },
        { name: 'virtual time', value: endNs / 1e9, unit: 's' },
        ...(Object.keys(sources) as (keyof typeof sources)[]).flatMap(ofSource),
      ],
      details: [`state ${result.stateHash}`],
    });
  },
};

/** The radio begins when the baseband is up. */
const STARTS_NS = 0.1e9;

/** KiB by name, as /proc/meminfo has them. */
function memoryOf(run: RunningHandset): Record<string, number> {
  const from = run.consoles['linux']!.length;
  run.type('linux', QUESTION);
  run.wait('linux', /MEMORY/, 5e9, from);
  const rows = run.consoles['linux']!.slice(from).matchAll(/^(\w+): +(\d+) kB\r?$/gm);
  return Object.fromEntries([...rows].map(([, name, kib]) => [name, Number(kib)]));
}
