/** What a person who makes a mistake is told by the command line: one clear line, exit code 2. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gzipSync } from 'node:zlib';
import { root } from '../../resources/build/targets.ts';

const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));

function write(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return name;
}

const image = Buffer.alloc(256 * 1024);
image.write('ARMd', 56, 'latin1');
for (let at = 64; at < image.length; at += 4) image.writeUInt32LE((at * 2654435761) >>> 0, at);
write('Image', image);
write('text', 'not a kernel\n');
write('empty', '');
write('Image.gz', gzipSync(image).subarray(0, 40_000));
write('good.yaml', 'handset: phone\ncells:\n  linux: { kernel: Image, memory: 64M }\n');
write('bad.yaml', 'handset: phone\ncells:\n  linux: { kernal: Image, memory: 64M }\n');
write('broken.yaml', 'handset: [phone\n');
write('missing.yaml', 'handset: phone\ncells:\n  linux:\n    kernel: Imago\n    memory: 64M\n');

function pocketvisor(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'main/cli/main.ts'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    input: '',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

describe('one line on standard error, and exit code 2', () => {
  test.each<[args: string[], message: RegExp]>([
    [['frobnicate'], /unknown command 'frobnicate'/],
    [['run'], /there is nothing to run/],
    [['run', '--kernel', 'none'], /--kernel none: there is no such file/],
    [['run', '--kernel', '.'], /--kernel \.: this is a folder/],
    [['run', '--kernel', 'text'], /--kernel text: this is not a kernel: it is text/],
    [['run', '--kernel', 'empty'], /--kernel empty: the file is empty/],
    [['run', '--kernel', 'Image.gz'], /--kernel Image\.gz: the gzip data is truncated/],
    [['run', '--kernel', 'Image', '--initrd', 'none'], /--initrd none: there is no such file/],
    [['run', '--kernel', 'Image', '--dtb', 'text'], /--dtb text: this is not a device tree blob/],
    [['run', '--kernel', 'Image', '--drive', 'none'], /--drive none: there is no such file/],
    [['run', '--kernel', 'Image', '--memory', '99999G'], /--memory: 99999G of memory is out of range/],
    [['run', '--kernel', 'Image', '--memory', '512'], /--memory: "512" will not do \(a size with its unit/],
    [['run', '--kernel', 'Image', '--cpus', '99'], /--cpus: 99 cores are out of range/],
    [['run', '--kernel', 'Image', '--el', '3'], /--el: EL3 is not available in this version/],
    [['run', '--kernel', 'Image', '--exec', 'warm'], /--exec: "warm" will not do/],
    [['run', '--kernel', 'Image', '--net', 'tap'], /--net: "tap" will not do \(one of: user, none\)/],
    [['run', '--kernel', 'Image', '--capture', 'f'], /--capture: there is no network card \(--net user\)/],
    [['run', '--kernel', 'Image', '--profile-emulator', '--threads', 'auto'], /--profile-emulator: only a deterministic run/],
    [['run', '--kernel', 'Image', '--gdb', '99999'], /--gdb: "99999" will not do \(a port/],
    [['run', '--kernel', 'Image', '--gdb', '0', '--threads', 'auto'], /--gdb: breakpoints stop all cores at once/],
    [['run', '--kernel', 'Image', '--pause'], /--pause: nobody could let the machine go on \(add --gdb PORT/],
    [['run', '--kernel', 'Image', '--gdb', '192.0.2.1:1'], /no debugger can attach at 192\.0\.2\.1:1/],
    [['run', '--kernel', 'Image', '--expect', '('], /--expect: not a regular expression/],
    [['run', '--kernel', 'Image', '--timeout', '10'], /--timeout: "10" will not do/],
    [['run', '--kernel', 'Image', '--replay', 'none'], /--replay none: there is no such file/],
    [['run', '--kernle', 'Image'], /unknown option '--kernle' \(Did you mean --kernel\?\)/],
    [['run', 'bad.yaml'], /^bad\.yaml:3:12: unknown key "kernal" \(did you mean kernel\?\)$/],
    [['run', 'broken.yaml'], /^broken\.yaml:\d+:\d+: /],
    [['run', 'missing.yaml'], /^missing\.yaml:4:13: there is no file "Imago"/],
    [['run', 'none.yaml'], /none\.yaml: there is no such file/],
    [['check', 'bad.yaml'], /^bad\.yaml:3:12: unknown key "kernal" \(did you mean kernel\?\) \[unknown-key\]$/],
    [['qemu', '-M', 'virt', '-kernel', 'Image', '-enable-kvm'], /QEMU's option -enable-kvm is not supported/],
    [['qemu', '-M', 'virt', '-kernel', 'text'], /-kernel text: this is not a kernel/],
    [['disasm', 'xyz'], /"xyz" is not an instruction word/],
    [['guests', 'fetch', 'Image-clout', '--dir', '.'], /there is no guest "Image-clout" \(did you mean Image-cloud\?\)/],
    [['serve', '--port', 'http'], /--port: "http" will not do/],
  ])('%j', (args, message) => {
    const { status, stdout, stderr } = pocketvisor(...args);
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect([status, stdout]).toEqual([2, '']);
  });
});

test('a good handset file is found good', () => {
  expect(pocketvisor('check', 'good.yaml')).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^good.yaml: ok\n/) as string,
    stderr: '',
  });
});

test('check --json has every problem with its place', () => {
  const { status, stdout } = pocketvisor('check', '--json', 'bad.yaml');
  const { ok, problems } = JSON.parse(stdout) as { ok: boolean; problems: unknown[] };
  expect([status, ok]).toEqual([2, false]);
  expect(problems).toContainEqual({
    severity: 'error',
    code: 'unknown-key',
    message: 'unknown key "kernal"',
    hint: 'did you mean kernel?',
    file: 'bad.yaml',
    range: { line: 3, column: 12, endLine: 3, endColumn: 18 },
  });
});

test('help and version go to standard output', () => {
  expect(pocketvisor('--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string });
  expect(pocketvisor('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('qemu-system-aarch64') as string });
  expect(pocketvisor('run', '--help')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('--expect <regex>') as string,
  });
  expect(pocketvisor('qemu', '-help')).toMatchObject({ status: 0, stdout: expect.stringContaining('-kernel F') as string });
});
