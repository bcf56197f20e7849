/** Unmodified kernels come up. */
import { expect } from 'vitest';
import { run } from '../support/pocketvisor.ts';
import { bootTest, type Needs } from './support/boot-test.ts';
import { atEl2, atPrompt, debian, initrd, installer, ready, tookEl2, xen, xenGuests, type Kernel } from './support/debian.ts';

interface Row extends Needs {
  name: string;
  options: readonly string[];
  expects: readonly string[];
}

function debianRow(
  kernel: Kernel,
  cpus: number,
  options: string[],
  more: { before?: string[]; expects?: string[]; long?: boolean } = {},
): Row {
  return {
    name: [kernel, `${cpus} cores`, ...options.slice(0, 4)].join(' '),
    guests: [kernel, initrd],
    long: more.long ?? true,
    options: [...debian(kernel, cpus), ...options],
    expects: [...(more.before ?? []), ready(cpus), ...(more.expects ?? [])],
  };
}

/** Xen, and its first guest, whose cores Xen gives it. */
const xenRow = (gic: 2 | 3, cpus: number): Row => ({
  name: `Xen ${cpus} cores --gic ${gic}`,
  guests: xenGuests,
  long: true,
  options: xen(gic, cpus),
  expects: ['\\(XEN\\) Xen version 4', ready(cpus)],
});

const rows: Row[] = [
  debianRow('Image-cloud', 2, [], { long: false }),
  debianRow('Image-cloud', 1, ['--memory', '256M']),
  debianRow('Image-cloud', 4, []),
  debianRow('Image-cloud', 8, ['--gic', '2']),
  debianRow('Image-cloud', 2, ['--cpu', 'cortex-a53']),
  debianRow('Image-cloud', 2, ['--cpu', 'cortex-a72']),
  debianRow('Image-full', 2, ['--gic', '2']),
  debianRow('Image-full', 2, ['--gic', '3']),
  debianRow('Image-full', 2, ['--gic', '2', ...atEl2], { before: tookEl2 }),
  debianRow('Image-full', 2, ['--gic', '3', ...atEl2], { before: tookEl2 }),
  xenRow(2, 1),
  xenRow(2, 2),
  xenRow(3, 1),
  xenRow(3, 2),
  debianRow('Image-rt', 2, atPrompt('cyclictest -q -D 1 -p 80 -i 1000'), { expects: ['T: 0 .*C: +\\d+ .*Max: +\\d+\\n'] }),
  installer,
];

for (const row of rows) {
  bootTest(row.name, row, async () => {
    const { code, console, report } = await run(
      ...row.options,
      ...row.expects.flatMap((pattern) => ['--expect', pattern]),
      ...['--fail', 'Kernel panic|Call trace:|BUG:|rcu: INFO'],
    );
    expect(code, console.slice(-2000)).toBe(0);
    expect(report).toMatchObject({ outcome: 'expected', exitCode: 0 });
    expect(report.matched).toHaveLength(row.expects.length);
  });
}
