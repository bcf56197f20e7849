import { result, type Hypercall } from './hypercall.ts';

export const time: Hypercall = {
  number: 5,
  name: 'time',
  summary: 'Virtual time since the machine was started.',
  arguments: [],
  results: ['ns'],
  serve: ({ processor }) => result(processor.nowNs),
};
