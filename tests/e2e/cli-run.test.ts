/** The command line with a small guest that comes with the product: exit codes, the JSON, recorded input, `qemu` and signals. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../resources/build/targets.ts';

const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
const handset = join(root, 'resources/handsets/hello.yaml');
const program = join(root, 'main/cli/main.ts');
const guest = join(root, 'resources/guests/hello/hello.elf');
const built = existsSync(guest);

interface Report {
  outcome: string;
  exitCode: number;
  stateHash: string;
  matched: string[];
}

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'run', handset, '--json', '--wall', '60s', ...args], {
    cwd: folder,
    encoding: 'utf8',
    input: '',
    timeout: 120_000,
  });
  const report = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Report;
  return { status, stdout, stderr, report };
}

test.skipIf(!built)('expectations end a run with 0, and equal runs have equal hashes', () => {
  const args = ['--send', 'hello> =>help\\n', '--expect', 'the machine as the guest sees it'];
  const [first, second] = [run(...args, '--record', 'input.log'), run(...args)];
  expect(first).toMatchObject({ status: 0, report: { outcome: 'expected', exitCode: 0 } });
  expect(first.report.stateHash).toMatch(/^sha256:[\da-f]{64}$/);
  expect(second.report.stateHash).toBe(first.report.stateHash);
  expect(readFileSync(join(folder, 'input.log'), 'utf8')).toMatch(/^\{"atNs":\d+,"base64":"[^"]+"\}\n/);
  const replayed = run('--expect', 'the machine as the guest sees it', '--replay', 'input.log');
  expect(replayed.report.stateHash).toBe(first.report.stateHash);
});

test.skipIf(!built)('--fail ends with 1, --timeout and --wall with 3', () => {
  expect(run('--fail', 'bare metal')).toMatchObject({ status: 1, report: { outcome: 'fail' } });
  expect(run('--expect', 'never', '--timeout', '2s')).toMatchObject({ status: 3, report: { outcome: 'timeout' } });
  expect(run('--expect', 'never', '--speed', '1', '--wall', '500ms')).toMatchObject({ status: 3, report: { outcome: 'wall' } });
});

test.skipIf(!built)('the console of a cell goes to a file', () => {
  const { stdout } = run('--console', 'hello=console.txt', '--expect', 'hello> ');
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  expect(readFileSync(join(folder, 'console.txt'), 'utf8')).toContain('Hello from bare metal');
});

const qemu = ['-M', 'virt,gic-version=3', '-m', '64', '-nodefaults', '-display', 'none', '-serial', 'stdio', '-kernel', guest];

test.skipIf(!built)('qemu: the console is standard input and output, typed byte by byte', async () => {
  const child = spawn(process.execPath, [program, 'qemu', ...qemu], { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const shows = (text: string) => expect.poll(() => output, { timeout: 60_000, interval: 30 }).toContain(text);
  await shows('hello> ');
  for (const byte of 'help\n') {
    child.stdin.write(byte);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await shows('the machine as the guest sees it');
  const code = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  expect(await code).toBe(0);
});

test.skipIf(!built)('SIGINT ends a run with 130', async () => {
  const child = spawn(process.execPath, [program, 'run', handset], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const code = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  expect(await code).toBe(130);
});

test.skipIf(!built)('a debugger that stops the guest changes nothing: --gdb, --pause', async () => {
  const script = ['--expect', 'hello> ', '--json'];
  const plain = run('--expect', 'hello> ').report;
  const child = spawn(process.execPath, [program, 'run', handset, ...script, '--gdb', '0', '--pause']);
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  await expect.poll(() => errors, { timeout: 60_000, interval: 30 }).toMatch(/target remote 127\.0\.0\.1:\d+\n/);
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(errors)![1]);
  const socket = createConnection(port, '127.0.0.1');
  let answers = '';
  socket.on('data', (chunk: Buffer) => {
    answers += chunk.toString('latin1');
    // Every stop is followed by going on, until the run is over.
    if (/\$T05[^#]*#..$/.test(answers)) socket.write('+$c#63');
  });
  socket.on('error', () => undefined);
  // A breakpoint at the interrupt vector and one at the start, steps, then on.
  socket.write('$Z0,40200000,4#9c');
  await expect.poll(() => answers, { interval: 30 }).toContain('$OK#9a');
  socket.write('$vCont;s:1#23');
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect(code).toBe(0);
  expect(answers).toMatch(/\$T05thread:1;#..[^]*\$W00#b7$/);
  const report = JSON.parse(output.trimEnd().split('\n').at(-1)!) as Report;
  expect(report).toMatchObject({ outcome: 'expected', stateHash: plain.stateHash });
});
