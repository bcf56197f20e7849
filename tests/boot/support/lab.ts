/** Labs of Debian guests on a switch, each of which runs some lines and powers itself off. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { guestFile } from '../../support/guests.ts';
import { run, type Run } from '../../support/pocketvisor.ts';
import { limits, type Kernel } from './debian.ts';
import { networkInitrd } from './network.ts';

export interface LabRun extends Run {
  /** What each machine wrote. */
  consoles: Readonly<Record<string, string>>;
}

export interface LabGuest {
  lines: readonly string[];
  wire?: { delay?: string; bandwidth?: string; loss?: string };
  cores?: number;
}

/** Runs them at one switch, by the command line. */
export async function runLab(
  folder: string,
  guests: Readonly<Record<string, LabGuest>>,
  options: readonly string[] = [],
  kernel: Kernel = 'Image-cloud',
): Promise<LabRun> {
  const machine = (name: string, { lines, cores = 1 }: LabGuest) => ({
    cores,
    cells: {
      linux: {
        kernel: guestFile(kernel) ?? '',
        initrd: networkInitrd(folder, name, lines),
        append: 'console=ttyAMA0 quiet',
        memory: '256M',
        devices: ['uart'],
      },
    },
  });
  const entries = Object.entries(guests);
  const lab = {
    lab: 'test',
    machines: Object.fromEntries(entries.map(([name, guest]) => [name, machine(name, guest)])),
    switches: { lan: Object.fromEntries(entries.map(([name, { wire }]) => [name, wire ?? null])) },
  };
  const file = join(folder, 'lab.yaml');
  writeFileSync(file, stringify(lab));
  const done = await run(...limits, ...options, file);
  const consoleOf = (name: string) =>
    done.console
      .split('\n')
      .filter((line) => line.startsWith(`[${name}] `))
      .map((line) => line.slice(name.length + 3))
      .join('\n');
  return { ...done, consoles: Object.fromEntries(entries.map(([name]) => [name, consoleOf(name)])) };
}

/** Gives the card at the switch an address. */
export const address = (host: number): string => `ifconfig eth0 10.0.0.${host} netmask 255.255.255.0 up`;
