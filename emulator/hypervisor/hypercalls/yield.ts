import { result, type Hypercall } from './hypercall.ts';

export const yieldTurn: Hypercall = {
  number: 3,
  name: 'yield',
  summary: 'Gives the rest of its turn to equals.',
  arguments: [],
  results: [],
  serve({ cpu, services }) {
    services.yield(cpu);
    return result();
  },
};
