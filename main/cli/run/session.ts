/** One run of one machine from the command line: joins the worker, the console, standard input and signals. */
import { UserError } from '../../../emulator/base/user-error.ts';
import type {
  IdlePace,
  MachineEvent,
  MonitorAction,
  NamedPicture,
  Picture,
  RunResult,
  Script,
} from '../../../emulator/machine/types.ts';
import type { LoadedMachine } from '../../services/machines/load.ts';
import { replacementOf } from '../../services/machines/replacement.ts';
import type { MachineWorker } from '../../services/machines/worker.ts';
import { describeAddress, type DebugAddress } from '../../services/debugger/address.ts';
import { DebugServer } from '../../services/debugger/server.ts';
import type { WavFile } from '../../services/sound/wav-file.ts';
import type { HostNetwork } from '../../services/network/index.ts';
import { ExitStatus } from '../failure.ts';
import type { ConsoleSink } from './consoles.ts';
import { watchEndings, type EndReason } from './endings.ts';
import type { Streams } from './streams.ts';
import { openConsoleInput, type ConsoleInput } from './terminal.ts';

export interface Session {
  machine: LoadedMachine;
  script: Script;
  speed: 'max' | number;
  /** Host milliseconds. */
  wallMs?: number;
  /** The other ends of its serial lines. */
  streams: Streams;
  /** The consoles that standard input is typed to, the first one at first (Ctrl-A n: the next); none when absent. */
  inputs?: readonly TypedAt[];
  /** Where idle time passes as on the clock on the wall: somebody may type, and the guest must not race ahead on its own tick. */
  paceIdle?: IdlePace;
  /** The host's sockets of the machine's network; closed at the end. */
  network?: HostNetwork | undefined;
  /** Takes the capture of frames. */
  capture?: ConsoleSink | undefined;
  /** Takes what the sound card plays. */
  sound?: WavFile | undefined;
  /** Where a debugger may attach. */
  gdb?: DebugAddress;
  /** Nothing runs until a debugger, or the monitor, lets it. */
  paused?: boolean;
}

/** A console at which a person may type: its stream, and what the person calls it. */
export interface TypedAt {
  readonly stream: number;
  readonly name: string;
}

type MonitorEvent = Extract<MachineEvent, { type: 'monitor' }>;

/** How a session ended: by the machine's own account, or because of us. */
export interface SessionEnd {
  result?: RunResult;
  /** Set when it was not the machine that ended it. */
  reason?: EndReason;
  /** What the script asked for. */
  picture?: Picture;
}

/** How long a machine that was told to stop may take to account for itself. */
export const stopGraceMs = 2000;

export async function runSession(worker: MachineWorker, session: Session): Promise<SessionEnd> {
  const { machine, streams, network, capture, sound } = session;
  const debug =
    session.gdb &&
    (await listen(session.gdb, worker).catch((error: unknown) => {
      network?.close();
      throw error;
    }));
  return new Promise((resolve, reject) => {
    const answers = new Map<number, (text: string) => void>();
    let lines = 0;
    let reason: EndReason | undefined;
    let input: ConsoleInput | undefined;
    let picture: Picture | undefined;
    let written = Promise.resolve();
    let grace: NodeJS.Timeout | undefined;

    const finish = (settle: () => void) => {
      clearTimeout(grace);
      unwatch();
      input?.close();
      worker.terminate();
      for (const file of [...machine.drives, ...machine.flash]) file.close();
      streams.close();
      network?.close();
      capture?.close();
      sound?.close();
      if (debug) void debug.close().then(settle);
      else settle();
    };
    const end = (result?: RunResult) => {
      const all = { ...(result ? { result } : {}), ...(reason ? { reason } : {}), ...(picture ? { picture } : {}) };
      finish(() => void written.then(() => resolve(all), reject));
    };
    const stop = (why: EndReason) => {
      // A second request does not wait.
      if (reason) return end();
      reason = why;
      worker.post({ type: 'stop' });
      grace = setTimeout(end, stopGraceMs);
    };
    const unwatch = watchEndings(stop);

    const tell = ({ id, line, text: said, action }: MonitorEvent): void => {
      // A line of a script has brought its files along.
      const text = id !== undefined && action ? said + replace(worker, action) : said;
      const answer = id === undefined ? undefined : answers.get(id);
      if (answer) answer(text);
      else process.stderr.write(`${streams.midLine ? '\n' : ''}(pocketvisor) ${line}\n${text}`);
      if (id !== undefined) answers.delete(id);
      if (action === 'quit') stop('quit');
    };

    worker.onFailure((error) => finish(() => reject(error)));
    worker.onEvent((event) => {
      switch (event.type) {
        case 'console':
          return streams.write(event.stream ?? 0, event.bytes);
        case 'taken':
          return streams.taken(event.stream, event.count);
        case 'screenshot':
          picture = event.picture;
          return;
        case 'monitor': {
          const { picture } = event;
          if (!picture) return tell(event);
          written = written.then(async () => tell({ ...event, text: event.text + (await failureToWrite(picture)) }));
          return;
        }
        case 'debugger':
          return debug?.send(event.bytes);
        case 'drive':
          return machine.drives.find((drive) => drive.config.name === event.name)?.writeBack(event.sector, event.count);
        case 'flash':
          return machine.flash[event.bank]?.writeBack(event.offset, event.bytes);
        case 'sockets':
          return network?.take(event.nic, event.command);
        case 'sound':
          return sound?.write(event.bytes, event.format);
        case 'frame':
          return network?.send(event.nic, event.frame);
        case 'capture':
          return capture?.write(event.bytes);
        case 'refused': {
          const error = new UserError(event.code, event.message, event.hint ? { hint: event.hint } : {});
          return finish(() => reject(error));
        }
        case 'ended':
          return end(event.result);
      }
    });
    network?.connect(
      (nic, event) => worker.post({ type: 'sockets', nic, event }),
      (nic, frame) => worker.post({ type: 'frame', nic, frame }),
    );
    worker.post({
      type: 'start',
      config: machine.config,
      script: session.script,
      speed: session.speed,
      ...(session.wallMs === undefined ? {} : { wallMs: session.wallMs }),
      ...(session.paceIdle ? { paceIdle: session.paceIdle } : {}),
      ...(session.paused ? { paused: true } : {}),
    });
    streams.connect((command) => worker.post(command));
    debug?.open();
    const { inputs = [] } = session;
    let [at] = inputs;
    if (at) {
      if (inputs.length > 1)
        process.stderr.write(`pocketvisor: keys go to ${at.name}; Ctrl-A n: to the next console, Ctrl-A h: help\n`);
      input = openConsoleInput({
        input: (bytes) => worker.post({ type: 'input', bytes, ...(at?.stream ? { stream: at.stream } : {}) }),
        next() {
          at = inputs[(inputs.indexOf(at as TypedAt) + 1) % inputs.length] as TypedAt;
          return at.name;
        },
        // Nobody is waiting any more.
        ended: () => worker.post({ type: 'speed', speed: session.speed, paceIdle: 'never' }),
        execute(line, answer) {
          answers.set(++lines, answer);
          worker.post({ type: 'monitor', id: lines, line });
        },
        quit: () => stop('quit'),
      });
    }
  });
}

/** Opens the socket for a debugger, and tells the person where it is. */
async function listen(address: DebugAddress, worker: MachineWorker): Promise<DebugServer> {
  const server = await DebugServer.listen(address, (command) => worker.post(command));
  process.stderr.write(`pocketvisor: for a debugger: target remote ${describeAddress(server.address)}\n`);
  return server;
}

/** Gives a cell the images that a line of the monitor names; answers why that failed, as a line of the monitor's answer. */
function replace(worker: MachineWorker, action: MonitorAction): string {
  if (typeof action !== 'object' || !('act' in action) || action.act !== 'replace') return '';
  try {
    const { cell, act } = action;
    worker.post({ type: 'cell', command: { cell, act, images: replacementOf(action.images) } });
    return '';
  } catch (error) {
    if (error instanceof UserError) return `${error.toLine()}\n`;
    throw error;
  }
}

/** Writes a picture; answers why that failed, as a line of the monitor's answer. */
async function failureToWrite({ file, picture }: NamedPicture): Promise<string> {
  try {
    const { writePicture } = await import('../../services/pictures.ts');
    await writePicture(file, picture);
    return '';
  } catch (error) {
    if (error instanceof UserError) return `${error.toLine()}\n`;
    throw error;
  }
}

/** The exit code of a run that was ended from outside. */
export function exitCodeOfReason(reason: EndReason): number {
  return { quit: ExitStatus.ok, interrupted: ExitStatus.interrupted, 'broken-pipe': ExitStatus.brokenPipe }[reason];
}
