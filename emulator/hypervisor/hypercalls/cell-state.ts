import { INVALID, result, type Hypercall } from './hypercall.ts';

const numbers = { off: 0, running: 1, paused: 2, failed: 3, restarting: 4 } as const;

export const cellState: Hypercall = {
  number: 7,
  name: 'cell_state',
  summary: "How the cell at a channel's other end does.",
  arguments: ['capability'],
  results: ['0 off, 1 running, 2 paused, 3 failed, 4 restarting', 'how often it was started anew'],
  serve({ cell, services }, capability) {
    const peer = cell.parts.grants[capability]?.doorbell.others[0];
    const found = peer && services.cells.find(({ name }) => name === peer.cell);
    return found ? result(numbers[found.state], found.restarts) : INVALID;
  },
};
