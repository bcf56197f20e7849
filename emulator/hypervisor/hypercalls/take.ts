import { INVALID, result, type Hypercall } from './hypercall.ts';

export const take: Hypercall = {
  number: 8,
  name: 'take',
  summary: "Takes what was rung last; the doorbell's interrupt goes down.",
  arguments: ['capability'],
  results: ['payload; 0 when nothing was rung since'],
  serve({ cell }, capability) {
    const grant = cell.parts.grants[capability];
    return grant ? result(grant.doorbell.take()) : INVALID;
  },
};
