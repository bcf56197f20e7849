import { skip, type Entry, type Verdict } from '../entry.ts';
import { hypercall } from '../hypercalls/index.ts';
import { psciCall } from '../psci.ts';

/** SMCCC: fast calls of the vendor's hypervisor, but for the number and for whether arguments have 64 or 32 bits (DEN 0028 2.5). */
const SERVICE = 0xbfff_0000;
const VENDOR_HYPERVISOR = 0x8600_0000;

/** HVC: PSCI, and what the hypervisor itself offers. */
export function call(entry: Entry): Verdict {
  const { cell, cpu, processor, services } = entry;
  processor.charge(services.costs.hypercallNs);
  cpu.interrupts.pull();
  const id = Number(processor.x(0) & 0xffff_ffffn);
  if ((id & SERVICE) >>> 0 === VENDOR_HYPERVISOR) {
    hypercall(entry, id);
    return 'handled';
  }
  const state = { ...power(entry) };
  psciCall(state, cpu);
  for (const each of cell.cpus) services.readinessChanged(each);
  return 'handled';
}

/** SMC is the same to a guest that tries it; its exception returns to the instruction itself. */
export function secureCall(entry: Entry): Verdict {
  skip(entry);
  return call(entry);
}

function power({ cell, services }: Entry): Parameters<typeof psciCall<Entry['cpu']>>[0] {
  return {
    cores: cell.cpus,
    affinityOf: (index) => index,
    powerOn: (target, entry, context) => services.startCpu(cell, target, entry, context),
    powerOff: () => services.powerOff(cell),
    reset: () => services.reset(cell),
  };
}
