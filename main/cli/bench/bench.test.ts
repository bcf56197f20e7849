import { describe, expect, test } from 'vitest';
import { pocketvisor, qemu } from './emulators.ts';
import { measure } from './measure.ts';
import { compare, summarise } from './summary.ts';
import { workloads, type Workload } from './workloads.ts';

const sample = (wallMs: number, cpuMs: number) => ({ wallMs, cpuMs, peakMiB: wallMs, mips: cpuMs });

describe('figures', () => {
  test('have minimum and median, the highest peak and the best speed', () => {
    expect(summarise([sample(3, 30), sample(1, 10), sample(8, 20)])).toEqual({
      wallMs: { min: 1, median: 3 },
      cpuMs: { min: 10, median: 20 },
      peakMiB: 8,
      mips: 30,
    });
    expect(summarise([{ wallMs: 1 }, { wallMs: 3 }])).toEqual({ wallMs: { min: 1, median: 2 } });
  });

  test('compare by medians: above 1 we are faster', () => {
    const [ours, theirs] = [summarise([sample(4, 2)]), summarise([sample(2, 4)])];
    expect(compare(ours, theirs)).toEqual({ wallRatio: 0.5, cpuRatio: 2 });
    expect(compare(summarise([{ wallMs: 1 }]), theirs)).toEqual({ wallRatio: 2 });
  });
});

test('both emulators get the same machine', () => {
  const workload = workloads.find(({ name }) => name === 'linux-2') as Workload;
  const [ours, theirs] = [pocketvisor.command(workload).join(' '), qemu.command(workload).join(' ')];
  expect(ours).toMatch(/--cpus 2 --memory 512M --kernel \S+ --initrd \S+ --append console=ttyAMA0 --expect GUEST READY/);
  expect(theirs).toMatch(/-smp 2 -m 512 -kernel \S+ -initrd \S+ -append console=ttyAMA0$/);
});

describe('a measurement', () => {
  const workload: Workload = {
    name: 'w',
    cpus: 1,
    memoryMiB: 1,
    files: {},
    steps: [{ pattern: 'a', type: 'x' }, { pattern: 'b' }],
  };
  const emulator = (name: 'pocketvisor' | 'qemu', script: string) => ({ name, command: () => [process.execPath, '-e', script] });

  test('types to QEMU, and ends it when the last pattern was seen', async () => {
    const script = "console.log('a'); process.stdin.on('data', () => console.log('b')); setTimeout(() => {}, 1e6)";
    const { wallMs, mips } = await measure(emulator('qemu', script), workload);
    expect([wallMs > 0, mips]).toEqual([true, undefined]);
  });

  test('reads what we say of ourselves', async () => {
    const script = "console.log('a\\nb'); setTimeout(() => console.log('{\"mips\":7}'), 50)";
    expect(await measure(emulator('pocketvisor', script), workload)).toMatchObject({ mips: 7 });
  });

  test('says why there is none', async () => {
    const failing = measure(emulator('qemu', "console.error('no such machine'); process.exit(1)"), workload);
    await expect(failing).rejects.toThrow('w: qemu ended before a: no such machine');
  });
});
