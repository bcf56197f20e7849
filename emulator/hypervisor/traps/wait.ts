import { skip, type Entry, type Verdict } from '../entry.ts';

/** ISS.TI: WFE, else WFI. */
const TI = 1;

/** A guest that waits gives its core away; one that spins for another's event lets equals have their turn. */
export function wait(entry: Entry): Verdict {
  const { cpu, services, iss } = entry;
  if (iss & TI) services.yield(cpu);
  else {
    // Before it is asked whether something is pending: what the guest did at its list registers counts.
    cpu.interrupts.pull();
    if (!cpu.interrupts.areSignalled) {
      cpu.waiting = 1;
      services.readinessChanged(cpu);
    }
  }
  return skip(entry);
}
