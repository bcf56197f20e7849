import { result, type Hypercall } from './hypercall.ts';

export const wait: Hypercall = {
  number: 2,
  name: 'wait',
  summary: 'Waits until an interrupt is pending or a time has passed.',
  arguments: ['ns, or 0 for as long as it takes'],
  results: [],
  serve({ cpu, processor, services }, ns) {
    if (cpu.interrupts.areSignalled) return result();
    cpu.waiting = 1;
    cpu.wakeNs = ns === 0 ? Infinity : processor.nowNs + ns;
    services.readinessChanged(cpu);
    return result();
  },
};
