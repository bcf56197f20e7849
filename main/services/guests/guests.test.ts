import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { gunzipSync } from 'node:zlib';
import { needs } from '../../../tests/support/packages.ts';
import { catalog, flavourOf } from './catalog.ts';
import { writeCpio } from './cpio.ts';
import { dataMember } from './extract.ts';
import { downloadChecked } from './https.ts';
import { fetchGuests, listGuests } from './index.ts';
import { dependencies, fullInitramfs, miniInitramfs } from './initramfs.ts';
import { pins } from './pins.ts';
import type { PackageSource } from './source.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'))));

const quiet = { signal: new AbortController().signal, report: () => {} };

test.each([
  ['linux-image-6.1.0-56-cloud-arm64', 'cloud'],
  ['linux-image-6.1.0-56-rt-arm64', 'rt'],
  ['linux-image-6.1.0-56-arm64', 'full'],
  ['linux-image-6.12.48+deb13-cloud-arm64', 'cloud'],
  ['linux-image-arm64', undefined],
  ['libc6', undefined],
])('%s is of flavour %s', (name, flavour) => expect(flavourOf(name)).toBe(flavour));

test('there is a pin for every package of the catalogue', () => {
  const pinned = new Set(pins.map(({ name }) => flavourOf(name) ?? name));
  for (const { packages, kernels } of catalog) for (const name of [...packages, ...kernels]) expect(pinned).toContain(name);
});

test.skipIf(needs('cpio'))('an archive is one that cpio reads, with its folders, modes and links', () => {
  const archive = writeCpio([
    { kind: 'file', path: 'usr/bin/hi', bytes: Buffer.from('hi\n'), executable: true },
    { kind: 'link', path: 'bin', target: 'usr/bin' },
    { kind: 'file', path: 'a', bytes: Buffer.from('12345') },
  ]);
  const { stdout, status } = spawnSync('cpio', ['-tv', '--quiet', '--numeric-uid-gid'], { input: archive, encoding: 'utf8' });
  expect(status).toBe(0);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => line.replace(/^(\S+) .* 1970 (.*)$/, '$1 $2'));
  expect(lines).toEqual([
    '-rw-r--r-- a',
    'lrwxrwxrwx bin -> usr/bin',
    'drwxr-xr-x usr',
    'drwxr-xr-x usr/bin',
    '-rwxr-xr-x usr/bin/hi',
  ]);
});

test('the package inside of an ar archive is found, and a broken one refused', () => {
  const member = (name: string, text: string) =>
    `${name.padEnd(16)}${'0'.padEnd(32)}${String(text.length).padEnd(10)}\`\n${text}${text.length & 1 ? '\n' : ''}`;
  const deb = Buffer.from(`!<arch>\n${member('debian-binary', '2.0')}${member('data.tar.xz/', 'payload')}`);
  expect(dataMember('a.deb', deb)).toMatchObject({ name: 'data.tar.xz', bytes: Buffer.from('payload') });
  expect(() => dataMember('a.deb', deb.subarray(0, -5))).toThrow(/not a Debian package/);
  expect(() => dataMember('a.deb', Buffer.from('<html>'))).toThrow(/not a Debian package/);
});

/** The unpacked packages that an initial RAM disk is made of, with hardly anything in them. */
function fakeRoots(): Map<string, string> {
  const files: Record<string, Record<string, string>> = {
    'busybox-static': { 'bin/busybox': 'B' },
    'rt-tests': { 'usr/bin/cyclictest': 'C', 'usr/bin/hackbench': 'H' },
    libc6: { 'lib/ld-linux-aarch64.so.1': 'L', 'lib/aarch64-linux-gnu/libc.so.6': 'c', 'lib/aarch64-linux-gnu/gconv/X.so': 'x' },
    libnuma1: { 'usr/lib/aarch64-linux-gnu/libnuma.so.1': 'n' },
    'linux-image-1-cloud-arm64': {
      'boot/vmlinuz-1': 'kernel',
      'lib/modules/1/kernel/virtio_blk.ko': 'x\0depends=virtio-ring,virtio\0',
      'lib/modules/1/kernel/virtio.ko': 'x\0depends=\0',
      'lib/modules/1/kernel/virtio-ring.ko': 'x\0depends=virtio\0',
      'lib/modules/1/kernel/other.ko': 'x',
    },
  };
  return new Map(
    Object.entries(files).map(([name, content]) => {
      const root = join(folder, name);
      for (const [path, text] of Object.entries(content)) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      }
      return [name, root];
    }),
  );
}

test('a module comes after those that it needs', () => {
  expect(dependencies(Buffer.from('a\0license=GPL\0depends=one-two,three\0'))).toEqual(['one_two', 'three']);
  expect(dependencies(Buffer.from('a\0depends=\0'))).toEqual([]);
  const archive = fullInitramfs(fakeRoots()).toString('latin1');
  expect(archive).toContain('virtio.ko\nvirtio-ring.ko\nvirtio_blk.ko\n');
  expect(archive).not.toContain('other.ko');
  expect(archive).not.toContain('gconv');
  expect(archive).toContain('lib/aarch64-linux-gnu/libnuma.so.1');
  expect(archive).toContain('echo "GUEST READY $(uname -rm) cpus=$(nproc)"');
});

test('the same packages give the same bytes', () => {
  const roots = fakeRoots();
  expect(miniInitramfs(roots).equals(miniInitramfs(roots))).toBe(true);
});

const payload = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i & 0xff));
const expected = { size: payload.length, sha256: createHash('sha256').update(payload).digest('hex') };
let server: Server;
let base: string;
const requests: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(`${request.url} ${request.headers.range ?? ''}`.trim());
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (request.url === '/gone') return response.writeHead(404).end();
    if (request.url === '/bad') return response.end(Buffer.alloc(payload.length));
    if (request.url === '/cut') {
      // Late enough for the other side to have read what was sent.
      response.write(payload.subarray(0, 40_000), () => setTimeout(() => response.destroy(), 500));
      return;
    }
    if (request.url === '/whole') return response.end(payload);
    if (request.url === '/stuck') return response.write('x');
    return response.writeHead(from > 0 ? 206 : 200).end(payload.subarray(from));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => void requests.splice(0));

test('a download goes on where an earlier one ended, and takes the next place when one fails', async () => {
  const path = join(folder, 'a.deb');
  await expect(downloadChecked([`${base}/cut`], path, expected, quiet)).rejects.toMatchObject({ code: 'not-fetched' });
  expect(existsSync(path)).toBe(false);
  const done: number[] = [];
  await downloadChecked([`${base}/gone`, `${base}/good`], path, expected, { ...quiet, report: (count) => done.push(count) });
  expect(requests).toEqual(['/cut', '/gone bytes=40000-', '/good bytes=40000-']);
  expect(readFileSync(path).equals(payload)).toBe(true);
  expect(done.at(-1)).toBe(payload.length);
  await downloadChecked([`${base}/gone`], path, expected, quiet);
  expect(requests).toHaveLength(3);
});

test('a server without ranges sends everything anew', async () => {
  const path = join(folder, 'a.deb');
  writeFileSync(`${path}.part`, payload.subarray(0, 10));
  await downloadChecked([`${base}/whole`], path, expected, quiet);
  expect(readFileSync(path).equals(payload)).toBe(true);
});

test('other bytes are never accepted', async () => {
  const path = join(folder, 'a.deb');
  await expect(downloadChecked([`${base}/bad`], path, expected, quiet)).rejects.toThrow(/not the expected ones/);
  expect(readdirSync(folder)).toEqual([]);
});

test('without a network there is one clear message', async () => {
  const failing = downloadChecked(['http://127.0.0.1:1/x'], join(folder, 'a.deb'), expected, quiet);
  await expect(failing).rejects.toMatchObject({ code: 'not-fetched', hint: 'is there a network?' });
});

test('a download can be cancelled', async () => {
  const controller = new AbortController();
  const running = downloadChecked([`${base}/stuck`], join(folder, 'a.deb'), expected, {
    signal: controller.signal,
    report: () => controller.abort(),
  });
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
});

test.skipIf(spawnSync('dpkg-deb', ['--version']).status !== 0)(
  'guests are made of packages, from the first source that has them',
  async () => {
    const packages = join(folder, 'packages');
    mkdirSync(packages);
    const files = new Map<string, string>();
    for (const [name, root] of fakeRoots()) {
      mkdirSync(join(root, 'DEBIAN'));
      writeFileSync(
        join(root, 'DEBIAN/control'),
        `Package: ${name}\nVersion: 1\nArchitecture: arm64\nMaintainer: x <x@x>\nDescription: x\n`,
      );
      expect(spawnSync('dpkg-deb', ['-b', root, join(packages, `${name}.deb`)]).status).toBe(0);
      files.set(name, join(packages, `${name}.deb`));
    }
    const offline: PackageSource = { download: () => Promise.reject(Object.assign(new Error('x'), { name: 'AbortError' })) };
    await expect(fetchGuests(['Image-cloud'], { ...quiet, folder: join(folder, 'out'), sources: [offline] })).rejects.toThrow(
      'x',
    );
    const source: PackageSource = { download: () => Promise.resolve(files) };
    const out = join(folder, 'out');
    await fetchGuests(['Image-cloud', 'initramfs-mini.cpio.gz'], { ...quiet, folder: out, sources: [source] });
    expect(readFileSync(join(out, 'Image-cloud'), 'utf8')).toBe('kernel');
    expect(gunzipSync(readFileSync(join(out, 'initramfs-mini.cpio.gz'))).toString('latin1')).toContain('TRAILER!!!');
    expect(
      listGuests(out)
        .filter(({ bytes }) => bytes !== undefined)
        .map(({ name }) => name),
    ).toEqual(['Image-cloud', 'initramfs-mini.cpio.gz']);
  },
);

test('a misspelt guest is told', async () => {
  const failing = fetchGuests(['Image-clout'], { ...quiet, folder });
  await expect(failing).rejects.toMatchObject({ code: 'unknown-guest', hint: 'did you mean Image-cloud?' });
});
