/** Debian's kernel and busybox on the user network: an address, bytes in both directions, forwarded ports, and replays that are the same. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'vitest';
import { guestFile } from '../support/guests.ts';
import { pocketvisor, run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';
import { bootTest } from './support/boot-test.ts';
import { initrd, limits, type Kernel } from './support/debian.ts';
import { giver, lease, networkInitrd, sha256, taker } from './support/network.ts';

const folder = scratchFolder();
const needs = { guests: ['Image-cloud', initrd] };
const long = { ...needs, long: true };

/** Options for a guest that runs these lines. */
function guest(name: string, lines: readonly string[], cpus = 1, kernel: Kernel = 'Image-cloud'): string[] {
  return [
    ...['--kernel', guestFile(kernel) ?? '', '--initrd', networkInitrd(folder, name, lines)],
    ...['--append', 'console=ttyAMA0', '--cpus', String(cpus), ...limits],
  ];
}

const sum = (file: string): string => `sha256sum ${file}`;

for (const kernel of ['Image-cloud', 'Image-full'] as const) {
  const guests = { guests: [kernel, initrd], long: kernel === 'Image-full' };
  bootTest(`bytes are equal in both directions, and a replay is the same run, ${kernel}`, guests, () => exchange(kernel));
}

async function exchange(kernel: Kernel): Promise<void> {
  const [source, sink] = await Promise.all([giver(2_000_000), taker()]);
  const options = guest(
    'both',
    [
      ...[lease, 'cat /etc/resolv.conf', 'ip addr show eth0', 'ping -c 2 10.0.2.2'],
      ...[`wget -q -O /got http://10.0.2.2:${source.port}/`, sum('/got'), sum('/bin/busybox')],
      `nc 10.0.2.2 ${sink.port} </bin/busybox`,
    ],
    2,
    kernel,
  );
  const [log, capture, again] = ['input.log', 'capture.pcapng', 'again.pcapng'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const network = ['--net', 'user', '--capture'];
  const first = await run(...options, ...network, capture, '--record', log);
  source.close();
  sink.close();
  expect(first.code, first.console.slice(-2000)).toBe(0);
  expect(first.console).toMatch(/lease of 10\.0\.2\.15 obtained from 10\.0\.2\.2/);
  expect(first.console).toMatch(/^nameserver 10\.0\.2\.3$/m);
  expect(first.console).toMatch(/inet 10\.0\.2\.15\/24/);
  expect(first.console).toMatch(/2 packets transmitted, 2 packets received/);
  expect(first.console).toContain(`${source.sha256}  /got`);
  const received = await sink.received;
  expect(first.console).toContain(`${sha256(received)}  /bin/busybox`);
  expect(first.console).toContain(`${received.length} bytes`);

  // Nobody listens any more: all that came is in the log.
  const second = await run(...options, ...network, again, '--replay', log);
  expect(second.report.stateHash).toBe(first.report.stateHash);
  expect(second.report.instructions).toBe(first.report.instructions);
  expect(readFileSync(again).equals(readFileSync(capture))).toBe(true);
}

bootTest('Wireshark has nothing to say against what goes over the wire', { ...long, packages: ['tshark'] }, async () => {
  const source = await giver(300_000);
  const capture = join(folder, 'clean.pcapng');
  const lines = [lease, 'ping -c 1 10.0.2.3', `wget -q -O - http://10.0.2.2:${source.port}/ | wc -c`];
  const { code, console } = await run(...guest('clean', lines), '--net', 'user', '--capture', capture);
  source.close();
  expect(code, console.slice(-2000)).toBe(0);
  const read = (...args: string[]): string => spawnSync('tshark', ['-r', capture, ...args], { encoding: 'utf8' }).stdout;
  const checks = ['ip.check_checksum', 'tcp.check_checksum', 'udp.check_checksum'].flatMap((name) => ['-o', `${name}:TRUE`]);
  const faults = read(...checks, '-Y', '_ws.expert.severity >= 0x600000 || _ws.malformed || tcp.analysis.flags');
  expect(faults).toBe('');
  expect(read('-Y', 'dhcp').trim().split('\n')).toHaveLength(4);
  expect(read('-Y', 'http.response').trim().split('\n')).toHaveLength(1);
});

bootTest('without sockets of the host, two runs are the same without a log', long, async () => {
  const options = guest('alone', [
    lease,
    'ping -c 3 10.0.2.2',
    'busybox timeout 5 wget -O - http://10.0.2.77/',
    'cat /proc/net/dev',
  ]);
  const runs = [await run(...options, '--net', 'user'), await run(...options, '--net', 'user')];
  expect(runs[0]?.console).toMatch(/3 packets transmitted, 3 packets received/);
  expect(runs[1]?.report.stateHash).toBe(runs[0]?.report.stateHash);
});

bootTest('time does not race while the host is awaited', needs, async () => {
  // The guest would give up in virtual time long before the server answers.
  const source = await giver(1000, 1500);
  const lines = [lease, `busybox timeout 8 wget -q -O - http://10.0.2.2:${source.port}/ | wc -c`];
  const { code, console } = await run(...guest('slow', lines), '--net', 'user');
  source.close();
  expect(code, console.slice(-2000)).toBe(0);
  expect(console).toMatch(/^1000$/m);
});

bootTest('a wire that delays and loses', long, async () => {
  const [source, sink] = await Promise.all([giver(300_000), taker()]);
  const lines = [
    ...[lease, `wget -q -O /got http://10.0.2.2:${source.port}/`, sum('/got'), 'dd if=/bin/busybox of=/some bs=1k count=300'],
    ...[sum('/some'), `nc 10.0.2.2 ${sink.port} </some`],
  ];
  const { code, console } = await run(...guest('lossy', lines), '--net', 'user,delay=2ms,bandwidth=20M,loss=2%');
  source.close();
  sink.close();
  expect(code, console.slice(-2000)).toBe(0);
  expect(console).toContain(`${source.sha256}  /got`);
  expect(console).toContain(`${sha256(await sink.received)}  /some`);
});

bootTest('a forwarded port leads to a server in the guest', long, async () => {
  const port = await freePort();
  const file = readFileSync(guestFile(initrd) ?? '').subarray(0, 500_000);
  const lines = [
    lease,
    'mkdir /www',
    'cp /bin/busybox /www/f',
    sum('/www/f'),
    'httpd -h /www',
    'nc -l -p 81 </dev/null >/in',
    sum('/in'),
  ];
  const running = run(...guest('server', lines), '--net', `user,hostfwd=tcp::${port}-:80,hostfwd=tcp::${port + 1}-:81`);
  const bodies = await Promise.all([download(port, '/f'), download(port, '/f'), download(port, '/nothing')]);
  await upload(port + 1, file);
  const { code, console } = await running;
  expect(code, console.slice(-2000)).toBe(0);
  expect(bodies.map(({ status }) => status)).toEqual([200, 200, 404]);
  expect(console).toContain(`${sha256(bodies[0]!.body)}  /www/f`);
  expect(bodies[1]!.body.equals(bodies[0]!.body)).toBe(true);
  expect(console).toContain(`${sha256(file)}  /in`);
});

bootTest("QEMU's command line, with its legacy transport and without", long, async () => {
  const source = await giver(100_000);
  const lines = [lease, `wget -q -O /got http://10.0.2.2:${source.port}/`, sum('/got'), 'cat /sys/bus/virtio/devices/*/features'];
  const qemu = (...args: string[]) =>
    pocketvisor(
      ...['qemu', '-M', 'virt', '-cpu', 'cortex-a57', '-m', '512', '-nographic', '-append', 'console=ttyAMA0'],
      ...['-kernel', guestFile('Image-cloud') ?? '', '-initrd', networkInitrd(folder, 'qemu', lines), ...args],
    );
  const cards = ['-netdev', 'user,id=n0', '-device', 'virtio-net-device,netdev=n0'];
  const runs = [await qemu(...cards), await qemu('-nic', 'user', '-global', 'virtio-mmio.force-legacy=false')];
  source.close();
  for (const { code, output } of runs) {
    expect(code, output.slice(-2000)).toBe(0);
    expect(output).toContain(`${source.sha256}  /got`);
  }
  // The first bit of the second word says version 1.0.
  const versions = runs.map(({ output }) => /^[01]{64}$/m.exec(output)?.[0][32]);
  expect(versions).toEqual(['0', '1']);
});

bootTest("a wire leads to QEMU's own guest", { ...long, packages: ['qemu-system-arm'] }, async () => {
  const port = await freePort();
  const options = (name: string, host: number, lines: readonly string[]) => [
    ...['-M', 'virt,gic-version=3', '-cpu', 'cortex-a57', '-m', '512', '-nographic', '-append', 'console=ttyAMA0 quiet'],
    ...['-global', 'virtio-mmio.force-legacy=false', '-kernel', guestFile('Image-cloud') ?? ''],
    ...['-initrd', networkInitrd(folder, name, [`ifconfig eth0 10.0.0.${host} netmask 255.255.255.0 up`, ...lines])],
    ...['-device', `virtio-net-device,netdev=w,mac=52:54:00:00:00:0${host}`, '-netdev'],
  ];
  // Ours answers until the other one has said that it is done.
  const wait = 'nc -l -p 99 </dev/null';
  const ours = pocketvisor('qemu', ...options('ours', 1, [wait]), `socket,id=w,listen=127.0.0.1:${port}`);
  await listening(port);
  const lines = [
    'until ping -c 1 -W 1 10.0.0.1; do true; done',
    'ping -c 5 10.0.0.1',
    'until echo done | nc 10.0.0.1 99; do true; done',
  ];
  const theirs = spawn('qemu-system-aarch64', [...options('theirs', 2, lines), `socket,id=w,connect=127.0.0.1:${port}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  theirs.stdout.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
  await once(theirs, 'close');
  const { code, output } = await ours;
  expect(text).toMatch(/5 packets transmitted, 5 packets received/);
  expect(code, output.slice(-2000)).toBe(0);
  expect(output).toMatch(/^done$/m);
});

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits until somebody listens at a port, without speaking to them: /proc/net/tcp has state 0A for that. */
async function listening(port: number): Promise<void> {
  const row = new RegExp(`:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`);
  while (!row.test(readFileSync('/proc/net/tcp', 'latin1'))) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** Asks until the guest is there. */
async function download(port: number, path: string): Promise<{ status: number | undefined; body: Buffer }> {
  for (;;) {
    try {
      const [response] = (await once(request({ port, path, host: '127.0.0.1', agent: false }).end(), 'response')) as [
        IncomingMessage,
      ];
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      return { status: response.statusCode, body: Buffer.concat(chunks) };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function upload(port: number, bytes: Uint8Array): Promise<void> {
  for (;;) {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.end(bytes);
    const [failed] = (await once(socket, 'close')) as [boolean];
    if (!failed) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
