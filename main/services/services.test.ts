import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { Surface } from '../../emulator/screen/surface.ts';
import { createClient, serveChannel, type Client, type ClientEvents } from '../contract/index.ts';
import { inProcessPair } from '../transport/in-process.ts';
import { createHost } from './index.ts';
import { FakeWorker } from './machines/fake-worker.test-support.ts';

let folder: string;
let workers: FakeWorker[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
  workers = [];
  mkdirSync(join(folder, 'work'));
  const image = Buffer.alloc(128);
  image.write('ARMd', 56, 'latin1');
  writeFileSync(join(folder, 'work/Image'), image);
  writeFileSync(join(folder, 'work/phone.yaml'), phone);
});

const phone = `# A phone for tests.
handset: phone
cells:
  linux: { kernel: Image, memory: 64M }
`;

function open(options: { handset?: string } = {}) {
  const host = createHost({
    version: '1.2.3',
    host: 'test',
    folders: { config: join(folder, 'config'), handsets: join(folder, 'handsets'), cache: join(folder, 'cache') },
    grant: [join(folder, 'work')],
    spawn: () => workers[workers.push(new FakeWorker()) - 1]!,
    ...options,
  });
  return { host, connect: () => connect(host) };
}

function connect(host: Parameters<typeof serveChannel>[1]): Client {
  const [screen, far] = inProcessPair();
  serveChannel(far, host);
  return createClient(screen);
}

function collect<E extends keyof ClientEvents>(client: Client, event: E): ClientEvents[E][] {
  const seen: ClientEvents[E][] = [];
  client.on(event, (data) => seen.push(data));
  return seen;
}

async function running(): Promise<{ client: Client; machine: number; worker: FakeWorker; connect: () => Client }> {
  const { connect } = open();
  const client = connect();
  const { id: project } = await client.projects.open({ path: join(folder, 'work/phone.yaml') });
  const { id: machine } = await client.machines.create({ project });
  await client.machines.start({ machine });
  return { client, machine, worker: workers[0]!, connect };
}

test('a handset file that was named at the start is open', async () => {
  const client = open({ handset: join(folder, 'work/phone.yaml') }).connect();
  const { project, version } = await client.host.info();
  expect(version).toBe('1.2.3');
  expect((await client.projects.list()).find(({ id }) => id === project)).toMatchObject({
    name: 'phone',
    description: 'A phone for tests.',
    example: false,
  });
});

test('a machine is started with what its handset file says, and reports to every screen', async () => {
  const { client, machine, worker, connect } = await running();
  const other = connect();
  const seen = [collect(client, 'status'), collect(other, 'status')];
  const ended = collect(other, 'ended');
  expect(worker.commands).toMatchObject([{ type: 'start', config: { memory: 64 * 2 ** 20 }, speed: 1, paceIdle: 'always' }]);
  const status = { state: 'running', virtualNs: 5, instructions: 6, mips: 7 } as const;
  worker.emit({ type: 'status', status });
  worker.end({ outcome: 'guest-fault', error: { message: 'lost' } });
  expect((await other.machines.list())[0]).toMatchObject({
    id: machine,
    name: 'phone',
    consoles: [{ name: 'linux' }],
    screens: [],
    inputs: [],
    status: { state: 'off' },
    result: { outcome: 'guest-fault', error: { message: 'lost' } },
  });
  await client.host.info();
  for (const events of seen) expect(events.map((event) => event.status.state)).toEqual(['running', 'off']);
  expect(ended).toHaveLength(1);
  expect(worker.terminated).toBe(true);
});

test('a screen is sent whole, and then what changed once that is drawn', async () => {
  const { client, machine, worker } = await running();
  const seen = collect(client, 'screen');
  const surface = new Surface();
  await client.screens.attach({ machine, screen: 0 });
  surface.setMode(200, 100);
  surface.row(130, 10, 1)[0] = 0xff_ab_cd_ef;
  worker.emit({ type: 'screens', screens: [{ name: 'ramfb', buffer: surface.buffer }] });
  await vi.waitFor(() => expect(seen).toHaveLength(1));
  expect((await client.machines.list())[0]).toMatchObject({ screens: [{ name: 'ramfb' }] });
  expect(seen[0]).toMatchObject({ machine, screen: 0, width: 200, height: 100 });
  expect(seen[0]!.parts.map(({ x, y, width, height }) => [x, y, width, height])).toEqual([
    [0, 0, 200, 64],
    [0, 64, 200, 36],
  ]);
  expect([...seen[0]!.parts[0]!.rgba.subarray(4 * (10 * 200 + 130), 4 * (10 * 200 + 130) + 4)]).toEqual([0xab, 0xcd, 0xef, 255]);

  // Nothing comes before that is drawn; then all that is new, at once.
  surface.changed({ x: 0, y: 0, width: 1, height: 1 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  surface.changed({ x: 199, y: 99, width: 1, height: 1 });
  expect(seen).toHaveLength(1);
  await client.screens.shown({ machine, screen: 0 });
  await vi.waitFor(() => expect(seen).toHaveLength(2));
  expect(seen[1]!.parts.map(({ x, y }) => [x, y])).toEqual([
    [0, 0],
    [192, 64],
  ]);

  await client.screens.resize({ machine, screen: 0, width: 640, height: 480 });
  expect(worker.commands.at(-1)).toEqual({ type: 'resize-screen', screen: 'ramfb', width: 640, height: 480 });
  await expect(client.screens.resize({ machine, screen: 1, width: 640, height: 480 })).rejects.toMatchObject({
    code: 'unknown-screen',
  });
  await client.screens.detach({ machine, screen: 0 });
  await client.screens.shown({ machine, screen: 0 });
  surface.changed({ x: 0, y: 0, width: 1, height: 1 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(seen).toHaveLength(2);
});

test('a large screen comes in several events, each after the one before is drawn', async () => {
  const { client, machine, worker } = await running();
  const seen = collect(client, 'screen');
  const surface = new Surface();
  surface.setMode(2048, 1536);
  worker.emit({ type: 'screens', screens: [{ name: 'gpu0', buffer: surface.buffer }] });
  await client.screens.attach({ machine, screen: 0 });
  let pixels = 0;
  for (let events = 1; pixels < 2048 * 1536; events++) {
    await vi.waitFor(() => expect(seen).toHaveLength(events));
    const sent = seen.at(-1)!.parts.reduce((sum, { width, height }) => sum + width * height, 0);
    expect(sent).toBeLessThan(1.2e6);
    pixels += sent;
    await client.screens.shown({ machine, screen: 0 });
  }
  expect(seen.length).toBeGreaterThan(2);
});

test('what hands do reaches the machine, keys by their places', async () => {
  const { client, machine, worker } = await running();
  const key = (code: string) => ({ kind: 'key', code, down: true }) as const;
  await client.machines.act({ machine, actions: [key('KeyA'), key('NoSuchKey'), { kind: 'point', x: 0.5, y: 1 }] });
  expect(worker.commands.at(-1)).toEqual({
    type: 'hid',
    actions: [
      { afterNs: 0, action: { kind: 'key', key: 30, down: true } },
      { afterNs: 0, action: { kind: 'point', x: 0.5, y: 1 } },
    ],
  });
  await expect(client.machines.act({ machine, actions: [{ kind: 'point', x: 2, y: 0 }] })).rejects.toMatchObject({
    code: 'bad-params',
  });
});

test('a console is attached with what it has shown before, and what is typed arrives', async () => {
  const { client, machine, worker } = await running();
  const seen = collect(client, 'console');
  worker.say('before ');
  await client.machines.attach({ machine, console: 0 });
  client.input(machine, new TextEncoder().encode('ls\n'));
  worker.say('after');
  await vi.waitFor(() => expect(seen.map(({ bytes }) => new TextDecoder().decode(bytes)).join('')).toBe('before after'));
  expect(seen[0]).toMatchObject({ machine, console: 0, offset: 0 });
  expect(worker.commands.at(-1)).toEqual({ type: 'input', bytes: new TextEncoder().encode('ls\n') });
  await client.machines.detach({ machine, console: 0 });
  worker.say('unheard');
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(seen.map(({ bytes }) => bytes.length).reduce((a, b) => a + b)).toBe('before after'.length);
});

test('each console by itself', async () => {
  writeFileSync(join(folder, 'work/phone.yaml'), phone.replace('64M }', '64M, devices: [uart, console] }'));
  const { client, machine, worker } = await running();
  expect((await client.machines.list())[0]?.consoles).toEqual([{ name: 'linux' }, { name: 'hvc0' }]);
  await client.machines.attach({ machine, console: 1 });
  await expect(client.machines.attach({ machine, console: 2 })).rejects.toMatchObject({ code: 'unknown-console' });
  const seen = collect(client, 'console');
  worker.say('not this');
  worker.emit({ type: 'console', stream: 1, bytes: new TextEncoder().encode('this') });
  await vi.waitFor(() => expect(seen).toHaveLength(1));
  expect([seen[0]?.console, new TextDecoder().decode(seen[0]?.bytes)]).toEqual([1, 'this']);
  client.input(machine, new Uint8Array([65]), 1);
  client.input(machine, new Uint8Array([66]), 2);
  await client.host.info();
  expect(worker.commands.slice(1)).toEqual([{ type: 'input', bytes: new Uint8Array([65]), stream: 1 }]);
});

test('commands reach a machine that runs, and no other', async () => {
  const { client, machine, worker } = await running();
  await client.machines.pause({ machine });
  await client.machines.resume({ machine });
  await client.machines.reset({ machine });
  await client.machines.setSpeed({ machine, speed: 'max' });
  await client.machines.stop({ machine });
  expect(worker.commands.slice(1).map(({ type }) => type)).toEqual(['pause', 'resume', 'reset', 'speed', 'stop']);
  await expect(client.machines.start({ machine })).rejects.toMatchObject({ code: 'running' });
  worker.end();
  await expect(client.machines.pause({ machine })).rejects.toMatchObject({ code: 'not-running' });
  await client.machines.start({ machine });
  expect(workers[1]!.commands).toMatchObject([{ type: 'start', speed: 'max' }]);
  await client.machines.remove({ machine });
  expect(workers[1]!.terminated).toBe(true);
  await expect(client.machines.start({ machine })).rejects.toMatchObject({ code: 'unknown-machine' });
});

test('the monitor answers lines, each its own', async () => {
  const { client, machine, worker } = await running();
  worker.onCommand = (command) => {
    if (command.type !== 'monitor') return;
    const { id, line } = command;
    worker.emit({ type: 'monitor', id, line, text: `${line}\n`, ...(line === 'quit' ? { action: 'quit' } : {}) });
  };
  const answers = await Promise.all(['help', 'x $pc'].map((line) => client.monitor.execute({ machine, line })));
  expect(answers).toEqual([{ text: 'help\n' }, { text: 'x $pc\n' }]);
  expect(await client.monitor.execute({ machine, line: 'quit' })).toEqual({ text: 'quit\n', action: 'quit' });
  expect(worker.commands.at(-1)).toEqual({ type: 'stop' });
  worker.onCommand = () => {};
  const lost = client.monitor.execute({ machine, line: 'help' });
  await vi.waitFor(() => expect(worker.commands.at(-1)).toMatchObject({ type: 'monitor' }));
  worker.end();
  await expect(lost).rejects.toMatchObject({ code: 'not-running' });
  await expect(client.monitor.execute({ machine, line: 'help' })).rejects.toMatchObject({ code: 'not-running' });
});

test('a worker that dies ends the run as a fault of ours', async () => {
  const { client, machine, worker } = await running();
  worker.fail(new Error('broken'));
  expect((await client.machines.list()).find(({ id }) => id === machine)?.result).toMatchObject({
    outcome: 'internal',
    error: { message: 'broken' },
  });
});

test('an image that cannot be booted is told as such', async () => {
  const { client, worker } = await running();
  const ended = collect(client, 'ended');
  worker.emit({ type: 'refused', code: 'too-large', message: 'the kernel does not fit', hint: 'more memory' });
  await client.host.info();
  expect(ended).toMatchObject([
    { result: { outcome: 'refused', error: { message: 'the kernel does not fit', detail: 'more memory' } } },
  ]);
});

test('only handset files in granted folders can be opened', async () => {
  const client = open().connect();
  writeFileSync(join(folder, 'outside.yaml'), phone);
  await expect(client.projects.open({ path: join(folder, 'outside.yaml') })).rejects.toMatchObject({ code: 'not-granted' });
  await expect(client.projects.open({ path: join(folder, 'work/../outside.yaml') })).rejects.toMatchObject({
    code: 'not-granted',
  });
  await expect(client.projects.open({ path: join(folder, 'work/Image') })).rejects.toMatchObject({ code: 'not-a-handset' });
  await expect(client.projects.read({ project: 'guess' })).rejects.toMatchObject({ code: 'unknown-project' });
});

test('a text is saved over the version that was read, not over another', async () => {
  const client = open().connect();
  const path = join(folder, 'work/phone.yaml');
  const { id: project } = await client.projects.open({ path });
  const { text, version } = await client.projects.read({ project });
  const saved = await client.projects.save({ project, text: `${text}# more\n`, version });
  expect(readFileSync(path, 'utf8')).toMatch(/# more\n$/);
  expect((await client.projects.read({ project })).version).toBe(saved.version);
  await expect(client.projects.save({ project, text, version })).rejects.toMatchObject({ code: 'changed-on-disk' });
});

test("an example is copied to a file of one's own", async () => {
  const client = open().connect();
  const example = (await client.projects.list()).find((project) => project.example)!;
  const { version } = await client.projects.read({ project: example.id });
  await expect(client.projects.save({ project: example.id, text: '', version })).rejects.toMatchObject({ code: 'read-only' });
  const copy = await client.projects.copy({ project: example.id, name: 'mine' });
  expect(copy).toMatchObject({ path: join(folder, 'handsets/mine.yaml'), example: false });
  expect(await client.projects.check({ project: copy.id })).toEqual(
    await client.projects
      .check({ project: example.id })
      .then((problems) => problems.map((problem) => ({ ...problem, file: copy.path }))),
  );
  await expect(client.projects.copy({ project: example.id, name: 'mine' })).rejects.toMatchObject({ code: 'exists' });
  await expect(client.projects.copy({ project: example.id, name: '../mine' })).rejects.toMatchObject({ code: 'bad-name' });
});

test('settings are kept, and a broken file is as none', async () => {
  const client = open().connect();
  const seen = collect(client, 'settings');
  await client.settings.set({ theme: 'dark', consoleFontSize: 15 });
  expect(seen).toMatchObject([{ theme: 'dark', consoleFontSize: 15 }]);
  expect(await open().connect().settings.get()).toMatchObject({ theme: 'dark', consoleFontSize: 15, speed: 1 });
  writeFileSync(join(folder, 'config/settings.json'), '{"theme":"pink","consoleFontSize":15}');
  expect(await open().connect().settings.get()).toMatchObject({ theme: 'system', consoleFontSize: 15 });
  await expect(client.settings.set({ consoleFontSize: 1000 })).rejects.toMatchObject({ code: 'bad-params' });
});

test('what is done to a cell reaches the machine, where there is something to do', async () => {
  writeFileSync(
    join(folder, 'work/pair.yaml'),
    'handset: pair\ncells:\n  a: { kernel: Image, memory: 64M }\n  b: { kernel: Image, memory: 64M }\n',
  );
  const client = open().connect();
  const { id: project } = await client.projects.open({ path: join(folder, 'work/pair.yaml') });
  const { id: machine, consoles } = await client.machines.create({ project });
  expect(consoles).toEqual([{ name: 'a' }, { name: 'b' }]);
  await client.machines.start({ machine });
  const worker = workers[0]!;
  const cell = (name: string, state: 'running' | 'paused') => ({
    ...{ name, state, restarts: 0, runNs: 0, overheadNs: 0, overruns: 0, missed: 0, exits: 0 },
  });
  const cells = [cell('a', 'running'), cell('b', 'paused')];
  worker.emit({ type: 'status', status: { state: 'running', virtualNs: 1, instructions: 1, mips: 1, cells } });
  await client.cells.act({ machine, cell: 'a', act: 'pause' });
  expect(worker.commands.at(-1)).toEqual({ type: 'cell', command: { cell: 'a', act: 'pause' } });
  await client.cells.replace({ machine, cell: 'b' });
  expect(worker.commands.at(-1)).toMatchObject({ type: 'cell', command: { cell: 'b', act: 'replace', images: { loads: [] } } });
  await expect(client.cells.act({ machine, cell: 'b', act: 'pause' })).rejects.toThrow('b is paused: there is nothing to pause');
  await expect(client.cells.act({ machine, cell: 'c', act: 'pause' })).rejects.toThrow('there is no cell "c"');
});

test('the default handset needs no guests that were not fetched', async () => {
  vi.stubEnv('POCKETVISOR_GUESTS', join(folder, 'none'));
  const client = open().connect();
  const { project } = await client.host.info();
  const shown = (await client.projects.list()).find(({ id }) => id === project);
  expect(shown?.name).toBe('basic');
  for (const name of ['Image-cloud', 'initramfs.cpio.gz']) writeFileSync(join(folder, 'work', name), 'x');
  vi.stubEnv('POCKETVISOR_GUESTS', join(folder, 'work'));
  const fetched = (await client.host.info()).project;
  expect((await client.projects.list()).find(({ id }) => id === fetched)?.name).toBe('modem');
  vi.unstubAllEnvs();
});
