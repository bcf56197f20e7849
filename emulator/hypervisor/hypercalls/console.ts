import { result, type Hypercall } from './hypercall.ts';

export const consoleByte: Hypercall = {
  number: 6,
  name: 'console',
  summary: "Writes a byte to the cell's console.",
  arguments: ['byte'],
  results: [],
  serve({ cell }, byte) {
    cell.parts.print(byte & 0xff);
    return result();
  },
};
