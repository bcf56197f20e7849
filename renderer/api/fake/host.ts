/** A host in the page itself, for work on the window without the rest (`npm run dev`, `?fake`) and for the tests of the stores. */
import {
  serveChannel,
  type Channel,
  type ConsoleEvent,
  type Events,
  type Guest,
  type Machine,
  type Peer,
  type Project,
  type Services,
} from '../../../main/contract/index.ts';
import { FakeCells, fakeCellNames } from './cells.ts';
import { FakeGuest } from './guest.ts';
import { drawing, pair, fakeSettings, guestList, handsetFiles, handsetSchema, problemsOf } from './samples.ts';
import { FakeScreen } from './screen.ts';

interface FakeFile {
  project: Project;
  text: string;
}

export class FakeHost {
  readonly files = new Map<string, FakeFile>(handsetFiles.map((file) => [file.project.id, file]));
  machines: Machine[] = [];
  guests: Guest[] = guestList.map((guest) => ({ ...guest }));
  settings = { ...fakeSettings };
  /** Names of the calls that came, in order. */
  readonly calls: string[] = [];
  readonly #peers = new Set<Peer>();
  readonly #running = new Map<number, FakeGuest>();
  readonly #screens = new Map<number, FakeScreen>();
  readonly #cells = new Map<number, FakeCells>();
  #nextMachine = 1;
  #nextOperation = 1;
  readonly #cancelled = new Set<number>();

  /** The screen's end of a new connection. */
  open(): Channel {
    const [screen, far] = channelPair();
    serveChannel(far, {
      services: this.#recorded(),
      input: (machine, _console, bytes) => this.#running.get(machine)?.type(new TextDecoder().decode(bytes)),
      connected: (peer) => this.#peers.add(peer),
      disconnected: (peer) => {
        this.#peers.delete(peer);
        for (const screen of this.#screens.values()) screen.detach(peer);
      },
      internalError: (error) => console.error(error),
    });
    return screen;
  }

  emit<E extends keyof Events>(event: E, data: Events[E]): void {
    for (const peer of this.#peers) peer.emit(event, data);
  }

  #recorded(): Services<Peer> {
    const record = <T extends object>(service: string, rows: T): T =>
      new Proxy(rows, {
        get: (target, name, receiver) => {
          this.calls.push(`${service}.${String(name)}`);
          return Reflect.get(target, name, receiver) as unknown;
        },
      });
    const services = this.#services();
    return Object.fromEntries(
      Object.entries(services).map(([name, rows]) => [name, record(name, rows)]),
    ) as unknown as Services<Peer>;
  }

  #services(): Services<Peer> {
    return {
      host: { info: () => ({ version: '0.1.0', host: 'test', platform: 'linux', guestsFolder: '/guests' }) },
      projects: {
        list: () => [...this.files.values()].map(({ project }) => project),
        open: ({ path }) => {
          const file = [...this.files.values()].find(({ project }) => project.path === path);
          if (!file) throw userError('missing-file', `there is no file ${path}`, 'check the path');
          return file.project;
        },
        copy: ({ project, name }) => {
          if (this.files.has(name)) throw userError('exists', `there is a handset called ${name} already`);
          const { text, project: from } = this.#file(project);
          const copy = { ...from, id: name, example: false, path: `/home/me/handsets/${name}.yaml` };
          this.files.set(name, { text: text.replace('../', '/opt/pocketvisor/resources/'), project: copy });
          return copy;
        },
        read: ({ project }) => ({ text: this.#file(project).text, version: versionOf(this.#file(project).text) }),
        save: ({ project, text, version }) => {
          const file = this.#file(project);
          if (file.project.example) throw userError('read-only', 'an example cannot be changed');
          if (versionOf(file.text) !== version) throw userError('changed-on-disk', 'the file was changed on disk meanwhile');
          file.text = text;
          return { version: versionOf(text) };
        },
        check: ({ project, text }) => problemsOf(text ?? this.#file(project).text, this.#file(project).project.path),
        schema: () => handsetSchema,
      },
      machines: {
        list: () => this.machines,
        create: ({ project }) => this.#create(project),
        start: ({ machine }) => this.#start(machine),
        pause: ({ machine }) => this.#set(machine, 'paused'),
        resume: ({ machine }) => this.#set(machine, 'running'),
        reset: ({ machine }) => this.#start(machine),
        stop: ({ machine }) => this.#set(machine, 'off'),
        remove: ({ machine }) => {
          this.machines = this.machines.filter(({ id }) => id !== machine);
          this.#running.get(machine)?.end();
          this.#screens.get(machine)?.end();
          return this.#tellMachines();
        },
        act: ({ machine, actions }) => this.#withScreen(machine, (screen) => screen.act(actions)),
        setSpeed: () => null,
        attach: ({ machine, console }, peer) => this.#attach(machine, console, peer),
        detach: () => null,
      },
      screens: {
        attach: ({ machine }, peer) => this.#withScreen(machine, (screen) => screen.attach(peer)),
        shown: ({ machine }, peer) => this.#withScreen(machine, (screen) => screen.shown(peer)),
        detach: ({ machine }, peer) => this.#withScreen(machine, (screen) => screen.detach(peer)),
        resize: () => null,
      },
      cells: {
        act: ({ machine, cell, act }) => {
          this.#cells.get(machine)?.act(cell, act);
          return null;
        },
        replace: ({ machine, cell }) => {
          this.#cells.get(machine)?.act(cell, 'restart');
          return null;
        },
      },
      monitor: { execute: ({ line }) => ({ text: `${line}\n` }) },
      guests: { list: () => this.guests, fetch: ({ names }) => ({ operation: this.#fetch(names) }) },
      operations: {
        cancel: ({ operation }) => {
          this.#cancelled.add(operation);
          return null;
        },
      },
      settings: {
        get: () => this.settings,
        set: (changes) => {
          Object.assign(this.settings, changes);
          return this.settings;
        },
      },
    };
  }

  #withScreen(machine: number, act: (screen: FakeScreen) => void): null {
    const screen = this.#screens.get(machine);
    if (screen) act(screen);
    return null;
  }

  #file(id: string): FakeFile {
    const file = this.files.get(id);
    if (!file) throw userError('unknown-project', 'there is no such project');
    return file;
  }

  #create(project: string): Machine {
    const status = { state: 'created', virtualNs: 0, instructions: 0, mips: 0 } as const;
    const { name } = this.#file(project).project;
    const shape = { project, name, cores: 1, memory: 64 * 2 ** 20, consoles: consolesOf(project, name), speed: 1 };
    const hasScreen = project.startsWith(drawing);
    const touched = hasScreen
      ? { screens: [{ name: 'ramfb' }], inputs: ['keyboard', 'touch'] as const }
      : { screens: [], inputs: [] };
    const id = this.#nextMachine++;
    const machine: Machine = { id, ...shape, screens: touched.screens, inputs: [...touched.inputs], status };
    if (hasScreen) this.#screens.set(id, new FakeScreen(id));
    if (project.startsWith(pair)) this.#cells.set(id, new FakeCells());
    this.machines = [...this.machines, machine];
    this.#tellMachines();
    return machine;
  }

  #start(id: number): null {
    this.#set(id, 'running');
    const before = this.#running.get(id);
    before?.end();
    const guest = new FakeGuest(
      {
        console: (bytes, offset) => this.#console({ machine: id, console: 0, offset, bytes }),
        status: (virtualNs) => this.#tick(id, virtualNs),
        powerOff: () => this.#set(id, 'off'),
      },
      before?.written,
    );
    this.#running.set(id, guest);
    return null;
  }

  #attach(machine: number, console: number, peer: Peer): null {
    const written = this.#running.get(machine)?.written;
    if (written) peer.console({ machine, console, offset: 0, bytes: new TextEncoder().encode(written) });
    return null;
  }

  #console(event: ConsoleEvent): void {
    for (const peer of this.#peers) peer.console(event);
  }

  #tick(id: number, virtualNs: number): void {
    const state = this.machines.find((machine) => machine.id === id)?.status.state ?? 'off';
    const cells = this.#cells.get(id)?.status(virtualNs);
    const status = { state, virtualNs, instructions: virtualNs * 0.31, mips: 312.4, ...cells };
    if (state === 'running') this.emit('status', { machine: id, status });
  }

  #set(id: number, state: Machine['status']['state']): null {
    this.machines = this.machines.map((machine) =>
      machine.id === id ? { ...machine, status: { ...machine.status, state } } : machine,
    );
    if (state === 'off') this.#running.get(id)?.end();
    return this.#tellMachines();
  }

  #tellMachines(): null {
    this.emit('machines', this.machines);
    return null;
  }

  #fetch(names: string[]): number {
    const operation = this.#nextOperation++;
    const total = 40 * 2 ** 20;
    let done = 0;
    const label = names.join(', ');
    const timer = setInterval(() => {
      done = Math.min(total, done + total / 20);
      const state = this.#cancelled.has(operation) ? 'cancelled' : done < total ? 'running' : 'done';
      if (state === 'done')
        this.guests = this.guests.map((guest) => (names.includes(guest.name) ? { ...guest, bytes: total } : guest));
      if (state !== 'running') clearInterval(timer);
      this.emit('progress', { operation, label, done, total, state });
    }, 150);
    return operation;
  }
}

const host = new FakeHost();
export const openFakeChannel = (): Promise<Channel> => Promise.resolve(host.open());

const consolesOf = (project: string, name: string): { name: string }[] =>
  project.startsWith(pair) ? fakeCellNames.map((cell) => ({ name: cell })) : [{ name }];

function versionOf(text: string): string {
  let hash = 7;
  for (const c of text) hash = (Math.imul(hash, 31) + c.charCodeAt(0)) | 0;
  return String(hash);
}

function userError(code: string, message: string, hint?: string): Error {
  return Object.assign(new Error(message), { code, hint });
}

/** Two ends of a connection. Delivery comes later, as with every other transport. */
function channelPair(): [Channel, Channel] {
  const ends = [0, 1].map(() => ({ data: (_data: string | Uint8Array) => {}, closed: () => {} }));
  const channel = (own: number): Channel => ({
    send: (data) => queueMicrotask(() => ends[1 - own]!.data(data)),
    onData: (listener) => (ends[own]!.data = listener),
    onClose: (listener) => (ends[own]!.closed = listener),
    close: () => ends.forEach(({ closed }) => queueMicrotask(closed)),
    pendingBytes: 0,
  });
  return [channel(0), channel(1)];
}
