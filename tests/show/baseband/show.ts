import type { CellConfig } from '../../../emulator/hypervisor/config.ts';
import type { CellResult } from '../../../emulator/hypervisor/accounts.ts';
import type { RadioSource } from '../../../emulator/devices/radio/radio.ts';
import type { EventStatistics } from '../../../emulator/devices/radio/statistics.ts';
import { admissionOf } from '../../../main/services/handset/admission.ts';
import { boards } from '../../../emulator/machine/boards.ts';
import { initrd } from '../../boot/support/debian.ts';
import { guestFile } from '../../support/guests.ts';
import type { Figure, Show } from '../show.ts';
import { histogramLines, medianText } from '../support/histogram.ts';
import { emptyDisk, startHandset } from '../support/handset.ts';
import { stormCounts, withStorm } from '../support/storm.ts';

/** 130,000 GSM frames and 480,000 power-control groups of CDMA. */
const LONG_S = 600;
const SHORT_S = 5;
/** The radio begins when the baseband is up. */
const UP_S = 0.1;
const DISK_BYTES = 2 ** 20;
/** From the interrupt of an event to the task that has to do with it. */
const RELEASE_NS = 58_000;

const sources = {
  gsmFrame: { name: 'GSM frames', inLong: 130_000 },
  cdmaGroup: { name: 'CDMA power-control groups', inLong: 480_000 },
  cdmaFrame: { name: 'CDMA frames', inLong: 30_000 },
} as const satisfies Partial<Record<RadioSource, { name: string; inLong: number }>>;

export const baseband: Show = {
  name: 'baseband',
  summary: 'a baseband keeps GSM and CDMA frames beside Linux in a storm, on the one core of a phone',
  control: 'Linux has the priority of the baseband',
  missing: () =>
    guestFile('Image-cloud') && guestFile(initrd) ? undefined : 'pocketvisor guests fetch Image-cloud initramfs.cpio.gz',
  run({ short, control, progress }) {
    const seconds = short ? SHORT_S : LONG_S;
    const endNs = (seconds + UP_S) * 1e9;
    const { machine, plan, board, consoles, runTo } = startHandset('modem', { change: (cell) => changed(cell, control) });
    const started = performance.now();
    runTo(endNs, (ns) => progress(`${Math.floor(ns / 1e9)} of ${seconds} s of virtual time`));
    const result = machine.result(performance.now() - started);
    const [modem, linux] = result.cells as [CellResult, CellResult];
    const counts = stormCounts(consoles['linux'] as string);
    const promised = admissionOf(plan, { board, cpus: 1 }).promises.find(({ cell }) => cell === modem.name)!.start.ns;
    const radio = result.radio!;
    const ofSource = (source: keyof typeof sources): [Figure[], string[]] => {
      const { name, inLong } = sources[source];
      const statistics = radio.sources[source] as EventStatistics;
      const atLeast = Math.floor((inLong * seconds) / LONG_S);
      const { release } = statistics;
      const title = `${name}: from the event to its task`;
      return [
        [
          { name, value: statistics.events, goal: { atLeast } },
          {
            name: '  missed',
            value: statistics.missed + statistics.late,
            goal: { is: 0 },
            note: 'as the radio counts: not done, or not written, in time',
          },
          { name: '  worst release', ...us(release.longestNs), goal: { atMost: RELEASE_NS / 1000 }, note: 'costs are declared' },
          { name: '  worst response', ...us(statistics.response.longestNs) },
        ],
        [`${title}, ${medianText(release, radio.histogramBoundsNs)}`, ...histogramLines(release, radio.histogramBoundsNs)],
      ];
    };
    const bySource = (Object.keys(sources) as (keyof typeof sources)[]).map(ofSource);
    const worstNs = Math.max(...Object.values(radio.sources).map(({ release }) => release.longestNs));
    return Promise.resolve({
      figures: [
        { name: 'virtual time', value: seconds, unit: 's', note: `${boards[board].clockHz / 1e6} MHz, one core` },
        ...bySource.flatMap(([figures]) => figures),
        { name: 'worst release measured / promised', value: worstNs / promised, goal: { atMost: 1 }, note: promise(promised) },
        { name: 'baseband on the core', ...percent(modem.runNs, endNs), note: `${modem.overruns} budgets used up` },
        { name: 'hypervisor, on its account', ...percent(modem.overheadNs, endNs) },
        { name: 'Linux on the core', ...percent(linux.runNs, endNs) },
        { name: 'hypervisor, on its account', ...percent(linux.overheadNs, endNs) },
        { name: 'storm: CPU', value: counts.cpu, unit: 'rounds', goal: { atLeast: 10 * storming(seconds) } },
        { name: 'storm: memory', value: counts.faults, unit: 'faults', goal: { atLeast: 5000 * storming(seconds) } },
        { name: 'storm: disk', value: counts.sectors, unit: 'sectors', goal: { atLeast: 5000 * storming(seconds) } },
        { name: 'storm: network', value: counts.packets, unit: 'packets', goal: { atLeast: 200 * storming(seconds) } },
        { name: 'speed', value: result.instructions / result.wallMs / 1000, unit: 'MIPS', note: 'of the host, now' },
      ],
      details: [...bySource.flatMap(([, lines]) => lines), `state ${result.stateHash}`],
    });
  },
};

function changed(cell: CellConfig, control: boolean): CellConfig {
  if (cell.name === 'modem') return control ? { ...cell, schedule: { ...cell.schedule, priority: 10 } } : cell;
  const boot = { ...cell.boot, initrd: withStorm(cell.boot.initrd!) };
  return { ...cell, boot, devices: [...cell.devices, emptyDisk('disk', DISK_BYTES)] };
}

/** Seconds in which the storm rages: Linux takes a while to come up. */
const storming = (seconds: number): number => seconds - 4;

const us = (ns: number): Pick<Figure, 'value' | 'unit'> => ({ value: ns / 1000, unit: 'us' });
const percent = (ns: number, ofNs: number): Pick<Figure, 'value' | 'unit'> => ({ value: (100 * ns) / ofNs, unit: '%' });
const promise = (ns: number): string =>
  `the admission test promises the cell's first instruction after ${(ns / 1000).toFixed(1)} us`;
