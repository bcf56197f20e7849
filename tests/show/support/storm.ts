import { gzipSync } from 'node:zlib';
import { writeCpio } from '../../../main/services/guests/cpio.ts';
import { script } from '../../../main/services/guests/initramfs.ts';

/**
 * Debian's small system in a storm: from its start on, loops of busybox load the CPU, memory, the disk /dev/vda and the network of a user
 * network, on each of its CPUs. A line of counters comes each second ({@link stormCounts}), and a shell is there as ever.
 */
const init = [
  ...['mount -t proc proc /proc', 'mount -t sysfs sysfs /sys', 'mount -t devtmpfs devtmpfs /dev', 'mount -t tmpfs tmpfs /tmp'],
  ...['modules=/lib/modules/$(uname -r)', 'for name in $(cat $modules/load); do insmod $modules/$name; done'],
  'if (: </dev/console) 2>/dev/null; then exec </dev/console >/dev/console 2>&1; fi',
  'echo "GUEST READY $(uname -rm) cpus=$(nproc)"',
  'storm &',
  'exec sh',
];

/** Each loop counts its rounds in a file of its own. */
const storm = [
  'ifconfig lo 127.0.0.1; ifconfig eth0 10.0.2.15 netmask 255.255.255.0',
  'rounds() { n=0; while "$1" "$2"; do n=$((n + 1)); echo $n >/tmp/$1.$2; done; echo "STORM $1 ended"; }',
  'cpu() { seq 500 | sha256sum >/dev/null; }',
  'memory() { dd if=/dev/zero of=/tmp/block.$1 bs=64k count=32 2>/dev/null && cat /tmp/block.$1 >/tmp/copy.$1; }',
  'disk() {',
  '  dd if=/dev/zero of=/dev/vda bs=4k count=16 seek=$((16 * $1)) conv=notrunc,fsync 2>/dev/null &&',
  '    busybox blockdev --flushbufs /dev/vda && dd if=/dev/vda of=/dev/null bs=4k count=64 2>/dev/null',
  '}',
  'network() { ping -A -q -c 20 -s 1400 10.0.2.2 >/dev/null; }',
  'for core in $(seq 0 $(($(nproc) - 1))); do',
  '  for what in cpu memory disk network; do rounds $what $core & busybox taskset -p $((1 << core)) $! >/dev/null; done',
  'done',
  'while sleep 1; do',
  '  line="STORM up=$(cut -d. -f1 /proc/uptime)"',
  '  for what in cpu memory disk network; do line="$line $what=$(cat /tmp/$what.* 2>/dev/null | awk \'{ n += $1 } END { print n + 0 }\')"; done',
  "  echo \"$line faults=$(awk '/^pgfault/ { print $2 }' /proc/vmstat) sectors=$(awk '/ vda / { print $6 + $10 }' /proc/diskstats)" +
    " packets=$(cat /sys/class/net/eth0/statistics/[rt]x_packets | awk '{ n += $1 } END { print n }')\"",
  'done',
];

/** The initial RAM disk of `guests fetch` with the storm in it. The cell needs a disk of some 100 KiB and a card on a user network. */
export function withStorm(initrd: Uint8Array): Uint8Array {
  const added = writeCpio([
    script('init', init),
    script('bin/storm', storm),
    { kind: 'link', path: 'bin/cut', target: 'busybox' },
  ]);
  // Linux unpacks archives one after the other, and the last one counts.
  return Buffer.concat([initrd, gzipSync(added)]);
}

/** What the storm has done, as of its last line: rounds of each loop, and what the kernel counted of them. */
export interface StormCounts {
  readonly up: number;
  readonly cpu: number;
  readonly memory: number;
  readonly disk: number;
  readonly network: number;
  readonly faults: number;
  readonly sectors: number;
  readonly packets: number;
}

/** By what Linux's console showed; all are NaN before the first line. */
export function stormCounts(console: string): StormCounts {
  const line = console.match(/^STORM up=.*packets=\d+\r?$/gm)?.at(-1) ?? '';
  const count = (name: string): number => Number(new RegExp(` ${name}=(\\d+)`).exec(line)?.[1] ?? NaN);
  const names = ['up', 'cpu', 'memory', 'disk', 'network', 'faults', 'sectors', 'packets'] as const;
  return Object.fromEntries(names.map((name) => [name, count(name)])) as unknown as StormCounts;
}
