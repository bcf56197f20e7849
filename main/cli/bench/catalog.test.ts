import { describe, expect, test } from 'vitest';
import { choose, workloads } from './catalog.ts';
import { emulatorsFor, pocketvisor, qemu } from './emulators.ts';
import { missingFiles, type Workload } from './workload.ts';

const names = (words: string[]) => choose(workloads(), words).map(({ name }) => name);
const one = (name: string) => choose(workloads(), [name])[0] as Workload;

describe('workloads', () => {
  test('are chosen by name, group, and part of the name', () => {
    expect(names(['boot-rt', 'boot-cloud-2'])).toEqual(['boot-cloud-2', 'boot-rt']);
    expect(names(['boots'])).toContain('boot-installer');
    expect(names(['crc'])).toEqual(['metal-crc', 'linux-crc', 'stage2-crc']);
    expect(names(['metal'])).not.toContain('linux-crc');
    expect(names([])).toHaveLength(workloads().length);
    expect(() => names(['boot-rc'])).toThrow('there is no workload "boot-rc"');
  });

  test('have names of their own', () => {
    expect(new Set(names([])).size).toBe(names([]).length);
  });

  test('say which files are not here, and where they come from', () => {
    const absent = { ...one('boot-rt'), files: { kernel: '/nowhere/Image' }, moreInitrd: '/nowhere/initrd' };
    expect(missingFiles(absent)).toEqual(['/nowhere/Image', '/nowhere/initrd']);
    expect(absent.source).toBe('pocketvisor guests fetch Image-rt initramfs.cpio.gz');
    expect(missingFiles(one('metal-crc'))).toEqual([]);
  });
});

describe('both emulators get the same', () => {
  const commands = (workload: Workload, drive?: string) => {
    const staged = { ...workload, ...(drive === undefined ? {} : { drive }) };
    return [pocketvisor(['--exec', 'hot']).command(staged).join(' '), qemu.command(staged).join(' ')];
  };

  test('machine and kernel', () => {
    const [ours, theirs] = commands(one('boot-cloud-2'));
    expect(ours).toMatch(
      /--cpus 2 --memory 512M --kernel \S+ --initrd \S+ --append console=ttyAMA0 --expect GUEST READY.* --exec hot$/,
    );
    expect(theirs).toMatch(/-smp 2 -m 512 -kernel \S+ -initrd \S+ -append console=ttyAMA0$/);
  });

  test('hypervisor and its first guest', () => {
    const [ours, theirs] = commands(one('boot-xen'));
    expect(ours).toMatch(/--kernel \S+xen --dom0-kernel \S+Image-cloud --dom0-initrd \S+ --el 2 --gic 2 --append dom0_mem=512M/);
    expect(ours).toContain('--dom0-append console=hvc0 earlycon=xenboot --expect');
    expect(theirs).toMatch(
      /-M virt,gic-version=2,virtualization=on .* -kernel \S+xen -device guest-loader,addr=\S+,kernel=\S+Image-cloud/,
    );
    expect(theirs).toMatch(
      /bootargs=console=hvc0 earlycon=xenboot -device guest-loader,addr=\S+,initrd=\S+ -append dom0_mem=512M/,
    );
    expect(theirs).not.toContain('dom0-');
  });

  test('drive', () => {
    const [ours, theirs] = commands(one('system-drive'), 'disk.img');
    expect(ours).toContain('--drive disk.img');
    expect(theirs).toContain('file=disk.img,format=raw');
  });
});

describe('emulators of a workload', () => {
  const ours = (name: string, withQemu = false) =>
    emulatorsFor(one(name), { exec: 'hot' }, withQemu).map((emulator) => {
      const command = emulator.command(one(name));
      return [emulator.name, command[command.indexOf('--threads') + 1 || -1] ?? ''];
    });

  test('are ours and QEMU', () => {
    expect(emulatorsFor(one('metal-crc'), { threads: '1' }, true).map(({ name }) => name)).toEqual(['pocketvisor', 'qemu']);
    expect(ours('metal-crc')).toEqual([['pocketvisor', '']]);
  });

  test('are ours with a second stage of translation and without, where that is the question', () => {
    const both = emulatorsFor(one('stage2-crc'), {}, true);
    expect(both.map(({ name }) => name)).toEqual(['pocketvisor', 'oneStage']);
    const [first, second] = both.map((emulator) => emulator.command(one('stage2-crc')).join(' '));
    expect(first?.replace('--el 2 ', '')).toBe(second);
    expect(first).not.toBe(second);
  });

  test('are ours with a thread for each core and with one, where the load is parallel', () => {
    expect(ours('parallel-sort')).toEqual([
      ['pocketvisor', 'auto'],
      ['oneThread', '1'],
    ]);
    expect(ours('parallel-sort', true).at(-1)?.[0]).toBe('qemu');
    const commands = emulatorsFor(one('parallel-sort'), {}, true).map((emulator) => emulator.command(one('parallel-sort')));
    for (const command of commands)
      expect(command).toContain('console=ttyAMA0 quiet rdinit=/bench -- sort sort sort sort sort sort sort sort');
    expect(commands.at(-1)?.join(' ')).toContain('-accel tcg,thread=multi');
    expect(one('parallel-sort').result).toMatch(/^(\w{16})( \1){7}$/);
  });
});
