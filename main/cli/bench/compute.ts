/** Workloads that compute: the guests of resources/guests/bench, without an operating system. */
import { join } from 'node:path';
import { productRoot } from '../../services/product.ts';
import { markedSteps, type Workload } from './workload.ts';

/** What each kernel comes to. CRC-32 and SHA-256 are checked against other implementations by a test; all are what QEMU comes to. */
export const kernelResults = {
  crc: '0000000082925ab2',
  list: 'b3ecd2f4356accb5',
  matrix: '13ed1f30ff1cef53',
  'double-matrix': '4024d32a5c2ded9e',
  sort: '86528b96f7ad256d',
  bytecode: '000000000079b082',
  fib: '0000000002547029',
  sha256: '53bf56cb7817fffa',
  'sha256-crypto': '53bf56cb7817fffa',
  memcpy: '47691654e6f346e3',
  strlen: '0000004620ff6840',
  nbody: 'bfcd55f927af8fb1',
  filter: '63f493e3438d5a4c',
  'neon-integer': 'fefed4d831be1ac8',
  'neon-float': '6c1071ac725058b7',
} as const;

/** The ELF of the bare machine, which takes the name of a kernel as its command line. */
export const metalElf = join(productRoot, 'resources/guests/bench/metal.elf');

export function computeWorkloads(): Workload[] {
  return Object.entries(kernelResults).map(([name, result]) => ({
    name: `metal-${name}`,
    group: 'compute',
    cpus: 1,
    memoryMiB: 128,
    files: { kernel: metalElf },
    append: name,
    steps: markedSteps(name),
    result,
  }));
}
