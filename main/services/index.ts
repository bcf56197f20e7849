/** All services behind one contract: the same for the window, the browser and tests. */
import { dirname } from 'node:path';
import type { Host, HostInfo, Peer, Services } from '../contract/index.ts';
import { userFolders, type UserFolders } from './folders.ts';
import { guestsFolder, fetchGuests, listGuests } from './guests/index.ts';
import { fileJsonSchema } from './lab/index.ts';
import { Hub } from './hub.ts';
import { MachinesService } from './machines/service.ts';
import { spawnMachine, type SpawnMachine } from './machines/worker.ts';
import { OperationsService } from './operations/index.ts';
import { ProjectsService } from './projects/index.ts';
import { SettingsService } from './settings/index.ts';

export interface HostOptions {
  version: string;
  host: HostInfo['host'];
  folders?: UserFolders;
  /** Folders whose handset files may be opened, beside the examples and the user's own. */
  grant?: readonly string[];
  /** A handset file that is opened at the start. */
  handset?: string;
  spawn?: SpawnMachine;
  internalError?(error: unknown): void;
}

export interface RunningHost extends Host {
  /** Opens a handset file that a person chose on the host itself: its folder is granted, and every screen is told. */
  open(path: string): void;
  /** Ends every machine and all long work. */
  close(): void;
}

/** Throws a `UserError` when `handset` cannot be opened. */
export function createHost(options: HostOptions): RunningHost {
  const folders = options.folders ?? userFolders();
  const internalError = options.internalError ?? ((error: unknown) => console.error('pocketvisor: internal error:', error));
  const hub = new Hub();
  const settings = new SettingsService(folders.config, hub);
  const operations = new OperationsService(hub, internalError);
  const projects = new ProjectsService(folders, hub);
  const machines = new MachinesService(hub, options.spawn ?? spawnMachine);
  for (const folder of options.grant ?? []) projects.grant(folder);
  const opened = options.handset === undefined ? undefined : projects.open(options.handset);
  const guests = () => settings.get().guestsFolder || guestsFolder();

  const command = (type: 'pause' | 'resume' | 'reset' | 'stop') => {
    return ({ machine }: { machine: number }) => {
      machines.get(machine).command({ type });
      return null;
    };
  };

  const services: Services<Peer> = {
    host: {
      info: () => {
        const project = (opened ?? projects.default())?.id;
        return {
          version: options.version,
          host: options.host,
          platform: process.platform,
          guestsFolder: guests(),
          ...(project === undefined ? {} : { project }),
        };
      },
    },
    projects: {
      list: () => projects.list(),
      open: ({ path }) => projects.open(path),
      copy: ({ project, name }) => projects.copy(project, name),
      read: ({ project }) => projects.read(project),
      save: ({ project, text, version }) => projects.save(project, text, version),
      check: ({ project, text }) => projects.check(project, text),
      schema: () => fileJsonSchema(),
    },
    machines: {
      list: () => machines.list(),
      create: ({ project }) => machines.create(project, () => projects.plan(project), settings.get().speed),
      start: ({ machine, speed }) => {
        machines.start(machine, speed);
        return null;
      },
      pause: command('pause'),
      resume: command('resume'),
      reset: command('reset'),
      stop: command('stop'),
      remove: ({ machine }) => {
        machines.remove(machine);
        return null;
      },
      act: ({ machine, actions }) => {
        machines.get(machine).act(actions);
        return null;
      },
      setSpeed: ({ machine, speed }) => {
        machines.get(machine).setSpeed(speed);
        return null;
      },
      attach: ({ machine, console }, peer) => {
        machines.get(machine).attach(peer, console);
        return null;
      },
      detach: ({ machine, console }, peer) => {
        machines.get(machine).detach(peer, console);
        return null;
      },
    },
    cells: {
      act: ({ machine, cell, act }) => {
        machines.get(machine).actOnCell(cell, act);
        return null;
      },
      replace: ({ machine, cell }) => {
        machines.get(machine).replaceCell(cell);
        return null;
      },
    },
    screens: {
      attach: ({ machine, screen }, peer) => {
        machines.get(machine).screens.attach(peer, screen);
        return null;
      },
      shown: ({ machine, screen }, peer) => {
        machines.get(machine).screens.shown(peer, screen);
        return null;
      },
      detach: ({ machine, screen }, peer) => {
        machines.get(machine).screens.detach(peer, screen);
        return null;
      },
      resize: ({ machine, screen, width, height }) => {
        machines.get(machine).resizeScreen(screen, width, height);
        return null;
      },
    },
    monitor: {
      execute: ({ machine, line }) => machines.get(machine).monitor(line),
    },
    guests: {
      list: () => listGuests(guests()),
      fetch: ({ names }) => ({
        operation: operations.start(names.join(', ') || 'guests', (work) => fetchGuests(names, { folder: guests(), ...work })),
      }),
    },
    operations: {
      cancel: ({ operation }) => {
        operations.cancel(operation);
        return null;
      },
    },
    settings: {
      get: () => settings.get(),
      set: (changes) => settings.set(changes),
    },
  };

  return {
    services,
    input: (machine, console, bytes) => machines.input(machine, console, bytes),
    connected: (peer) => void hub.peers.add(peer),
    disconnected(peer) {
      hub.peers.delete(peer);
      machines.detachAll(peer);
    },
    internalError,
    open(path) {
      projects.grant(dirname(path));
      hub.broadcast('opened', projects.open(path));
    },
    close() {
      machines.close();
      operations.close();
      projects.close();
    },
  };
}
