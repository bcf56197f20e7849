import { INVALID, result, type Hypercall } from './hypercall.ts';

const [READ, WRITE] = [1, 2];

export const map: Hypercall = {
  number: 4,
  name: 'map',
  summary: 'Where a channel is.',
  arguments: ['capability'],
  results: [
    'address of the memory',
    'its size',
    'INTID of the doorbell',
    "address of the doorbell's page",
    'rights: 1 read, 2 write',
  ],
  serve({ cell }, capability) {
    const grant = cell.parts.grants[capability];
    if (!grant) return INVALID;
    const { memory, size, intid, page, rights } = grant;
    return result(memory, size, intid, page, rights === 'rw' ? READ | WRITE : READ);
  },
};
