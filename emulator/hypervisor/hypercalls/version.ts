import { result, type Hypercall } from './hypercall.ts';

const [MAJOR, MINOR] = [1, 0];

export const version: Hypercall = {
  number: 0,
  name: 'version',
  summary: 'The version of this interface.',
  arguments: [],
  results: ['major in bits 31:16, minor in 15:0'],
  serve: () => result((MAJOR << 16) | MINOR),
};
