/** The initial RAM disks: a shell by busybox, and the modules that Debian's kernels need for virtio. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, lstatSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../../../emulator/base/user-error.ts';
import { writeCpio, type CpioEntry } from './cpio.ts';

/** Unpacked packages by name. */
export type Roots = ReadonlyMap<string, string>;

const applets =
  'sh ls cat mount echo dmesg uname ps poweroff reboot sleep dd md5sum sha256sum time free top seq ip nproc wc awk grep sed gzip yes true ' +
  'ping wget nc vi date insmod lsmod hexdump cmp ifconfig udhcpc route nslookup httpd netstat traceroute';

const mounts = ['mount -t proc proc /proc', 'mount -t sysfs sysfs /sys', 'mount -t devtmpfs devtmpfs /dev'];
const loadModules = [
  'modules=/lib/modules/$(uname -r)',
  'for name in $(cat $modules/load); do insmod $modules/$name; done',
  // The console may be one that a module has just brought.
  'if (: </dev/console) 2>/dev/null; then exec </dev/console >/dev/console 2>&1; fi',
];
const greet = ['echo "GUEST READY $(uname -rm) cpus=$(nproc)"', 'exec sh'];

/** Where busybox's udhcpc looks for what it runs with each lease: there the card gets its address. */
export const leaseScript = {
  path: 'etc/udhcpc/default.script',
  lines: [
    'case $1 in',
    'deconfig) ifconfig $interface 0.0.0.0 up ;;',
    'bound | renew)',
    '  ifconfig $interface $ip netmask $subnet',
    '  for gateway in $router; do ip route replace default via $gateway dev $interface; done',
    '  for server in $dns; do echo nameserver $server; done >/etc/resolv.conf ;;',
    'esac',
  ],
};

/** Wanted in each kernel; what they depend on comes by itself. */
const wantedModules =
  'virtio_mmio virtio_pci virtio_blk virtio_net virtio_rng virtio_console virtio_input virtio_gpu evdev af_packet'.split(' ');

/** busybox alone. */
export function miniInitramfs(roots: Roots): Buffer {
  return writeCpio([...base(roots, ['dev', 'proc', 'sys']), init([...mounts, ...greet])]);
}

/** busybox, cyclictest and hackbench with their libraries, and virtio's modules of each kernel. */
export function fullInitramfs(roots: Roots): Buffer {
  const entries = [...base(roots, ['dev', 'proc', 'sys', 'tmp']), init([...mounts, ...loadModules, ...greet])];
  entries.push(script(leaseScript.path, leaseScript.lines));
  for (const program of ['cyclictest', 'hackbench']) {
    entries.push(file(`usr/bin/${program}`, join(root(roots, 'rt-tests'), 'usr/bin', program), true));
  }
  for (const name of ['libc6', 'libnuma1']) entries.push(...libraries(root(roots, name)));
  for (const [name, folder] of roots) if (name.startsWith('linux-image-')) entries.push(...modules(folder));
  return writeCpio(entries);
}

function base(roots: Roots, folders: string[]): CpioEntry[] {
  const packageRoot = root(roots, 'busybox-static');
  const busybox = ['bin/busybox', 'usr/bin/busybox'].map((path) => join(packageRoot, path)).find((path) => existsSync(path));
  if (!busybox) throw new UserError('no-busybox', 'the package busybox-static has no busybox');
  return [
    ...folders.map((path): CpioEntry => ({ kind: 'folder', path })),
    file('bin/busybox', busybox, true),
    ...applets.split(' ').map((name): CpioEntry => ({ kind: 'link', path: `bin/${name}`, target: 'busybox' })),
  ];
}

const init = (lines: string[]): CpioEntry => script('init', lines);

export function script(path: string, lines: readonly string[]): CpioEntry {
  const text = ['#!/bin/sh', ...lines, ''].join('\n');
  return { kind: 'file', path, bytes: new TextEncoder().encode(text), executable: true };
}

/** The shared libraries and the dynamic loader, wherever the release has them (`lib`, `usr/lib`). */
function libraries(packageRoot: string): CpioEntry[] {
  const entries: CpioEntry[] = [];
  for (const top of ['lib', 'usr/lib']) {
    for (const sub of ['', 'aarch64-linux-gnu']) {
      const folder = join(packageRoot, top, sub);
      for (const name of readFolder(folder).filter((entry) => /\.so(\.|$)/.test(entry))) {
        const path = ['lib', sub, name].filter(Boolean).join('/');
        const from = join(folder, name);
        if (lstatSync(from).isSymbolicLink()) entries.push({ kind: 'link', path, target: readlinkSync(from) });
        else entries.push(file(path, from, true));
      }
    }
  }
  return entries;
}

/** The modules of one kernel and a file `load` with their names, in an order in which they can be loaded. */
function modules(packageRoot: string): CpioEntry[] {
  const tops = ['lib/modules', 'usr/lib/modules'].map((path) => join(packageRoot, path)).filter((path) => existsSync(path));
  return tops.flatMap((top) =>
    readFolder(top).flatMap((release) => {
      const order = loadingOrder(moduleFiles(join(top, release)));
      const list = order.map(({ name }) => `${name}\n`).join('');
      const path = `lib/modules/${release}`;
      return [
        ...order.map(({ name, bytes }): CpioEntry => ({ kind: 'file', path: `${path}/${name}`, bytes })),
        { kind: 'file', path: `${path}/load`, bytes: new TextEncoder().encode(list) } as const,
      ];
    }),
  );
}

function loadingOrder(files: ReadonlyMap<string, string>): { name: string; bytes: Uint8Array }[] {
  const order = new Map<string, { name: string; bytes: Uint8Array }>();
  const add = (module: string) => {
    const path = files.get(module);
    // Not a module in this kernel: it is built in, or not there at all.
    if (path === undefined || order.has(module)) return;
    const bytes = readModule(path);
    for (const needed of dependencies(bytes)) add(needed);
    order.set(module, { name: basename(path).replace(/\.xz$/, ''), bytes });
  };
  for (const module of wantedModules) add(module);
  return [...order.values()];
}

/** `depends=a,b` in the section .modinfo. */
export function dependencies(module: Uint8Array): string[] {
  const text = Buffer.from(module.buffer, module.byteOffset, module.length);
  const at = text.indexOf('\0depends=');
  if (at < 0) return [];
  const list = text.toString('latin1', at + 9, text.indexOf(0, at + 9));
  return list.split(',').filter(Boolean).map(moduleName);
}

function moduleFiles(tree: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of readdirSync(tree, { recursive: true, encoding: 'utf8' })) {
    const match = /([^/]+)\.ko(?:\.xz)?$/.exec(path);
    if (match) found.set(moduleName(match[1]!), join(tree, path));
  }
  return found;
}

function readModule(path: string): Uint8Array {
  if (!path.endsWith('.xz')) return readFileSync(path);
  const { status, stdout } = spawnSync('xz', ['-dc', path], { maxBuffer: 1 << 28 });
  if (status !== 0) throw new UserError('no-unpacker', 'this kernel has its modules compressed with xz', { hint: 'install xz' });
  return stdout;
}

/** A module's name has underscores where its file may have dashes. */
function moduleName(file: string): string {
  return file.replaceAll('-', '_');
}

function file(path: string, from: string, executable: boolean): CpioEntry {
  return { kind: 'file', path, bytes: readFileSync(from), executable };
}

function root(roots: Roots, name: string): string {
  const found = roots.get(name);
  if (found === undefined) throw new UserError('no-package', `the package ${name} was not fetched`);
  return found;
}

function readFolder(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
