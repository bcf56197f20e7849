/** Workloads of the guests of our own (resources/guests/bench): without an operating system, and as Linux's first process. */
import { join } from 'node:path';
import { guestsFolder } from '../../services/guests/index.ts';
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

/** What the workloads that keep Linux busy come to. */
export const systemResults = {
  getpid: '000000000001fbd0',
  pipe: '6992a195015b51f1',
  fault: '00000000002fd000',
  exec: '0000000000c15c00',
  tlb: '0000000c7fce0000',
  'self-modifying': '0000000180564160',
  drive: '229e225656f4cfbf',
} as const;

const ours = join(productRoot, 'resources/guests/bench');

/** The guest of the bare machine; its command line is the name of a kernel, and without one it says which it has. */
export const metalGuest = { cpus: 1, memoryMiB: 128, files: { kernel: join(ours, 'metal.elf') } } as const;

/** Debian's kernel with our program as its first process. */
function linuxGuest(kernels: string): Pick<Workload, 'cpus' | 'memoryMiB' | 'files' | 'append' | 'source'> {
  return {
    ...{ cpus: 1, memoryMiB: 256, append: `console=ttyAMA0 quiet rdinit=/bench -- ${kernels}` },
    files: { kernel: join(guestsFolder(), 'Image-cloud'), initrd: join(ours, 'linux.cpio') },
    source: 'pocketvisor guests fetch Image-cloud',
  };
}

export function computeWorkloads(): Workload[] {
  const kernels = Object.entries(kernelResults);
  return [
    ...kernels.map(([name, result]): Workload => {
      return { ...metalGuest, name: `metal-${name}`, group: 'compute', append: name, steps: markedSteps(name), result };
    }),
    ...kernels.map(([name, result]): Workload => {
      return { ...linuxGuest(name), name: `linux-${name}`, group: 'compute', steps: markedSteps(name), result };
    }),
  ];
}

export function systemWorkloads(): Workload[] {
  return Object.entries(systemResults).map(([name, result]) => {
    const guest = linuxGuest(name);
    const workload: Workload = { ...guest, name: `system-${name}`, group: 'system', steps: markedSteps(name), result };
    if (name !== 'drive') return workload;
    // The driver of the drive is a module, which the small system of `guests fetch` has.
    const { kernel, initrd } = workload.files;
    const files = { ...(kernel ? { kernel } : {}), initrd: join(guestsFolder(), 'initramfs.cpio.gz') };
    const source = 'pocketvisor guests fetch Image-cloud initramfs.cpio.gz';
    return { ...workload, files, ...(initrd ? { moreInitrd: initrd } : {}), driveMiB: 32, source };
  });
}

/** What processes do at the same time, and how many: enough for some seconds, beside which it does not count that code has to get hot. */
const parallelKernels = { sha256: 4, bytecode: 8, sort: 8, nbody: 16, memcpy: 6, fault: 2, exec: 2 } as const;
/** Of these the kernel's own work is the load, with its locks, page tables and processes. They have no goal. */
const inKernel: readonly string[] = ['fault', 'exec'];

/** A machine of two cores whose Linux runs the same work in several processes at once. */
export function parallelWorkloads(): Workload[] {
  const results = { ...kernelResults, ...systemResults };
  const times = (text: string, count: number): string => Array<string>(count).fill(text).join(' ');
  return Object.entries(parallelKernels).map(([name, count]) => {
    const kernel = name as keyof typeof parallelKernels;
    return {
      ...linuxGuest(times(kernel, count)),
      ...{ name: `parallel-${kernel}`, group: inKernel.includes(kernel) ? 'parallel-kernel' : 'parallel', cpus: 2 },
      ...{ steps: markedSteps(...Array<typeof kernel>(count).fill(kernel)), result: times(results[kernel], count) },
    };
  });
}

/** Work of the bare machine that reads and writes memory in different ways: again below a second stage. */
const stage2Kernels = ['crc', 'list', 'sort', 'memcpy', 'bytecode'] as const;

export function stage2Workloads(): Workload[] {
  return stage2Kernels.map((name) => ({
    ...{ ...metalGuest, name: `stage2-${name}`, group: 'stage2', el: 2 },
    ...{ append: name, steps: markedSteps(name), result: kernelResults[name] },
  }));
}

/** What it costs to start: from the command until the bare machine has said a word. */
export function startWorkload(): Workload {
  return { ...metalGuest, name: 'start', group: 'costs', append: 'hello', steps: [{ pattern: '^BENCH' }] };
}
