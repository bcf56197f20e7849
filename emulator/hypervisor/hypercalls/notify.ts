import { DENIED, INVALID, result, type Hypercall } from './hypercall.ts';

export const notify: Hypercall = {
  number: 1,
  name: 'notify',
  summary: 'Rings the other ends of a channel.',
  arguments: ['capability', 'payload of 32 bits'],
  results: [],
  serve({ cell }, capability, payload) {
    const grant = cell.parts.grants[capability];
    if (!grant) return INVALID;
    return grant.doorbell.ring(payload) ? result() : DENIED;
  },
};
