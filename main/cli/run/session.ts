/** One run of one machine from the command line: joins the worker, the console, standard input and signals. */
import { UserError } from '../../../emulator/base/user-error.ts';
import type { IdlePace, RunResult, Script } from '../../../emulator/machine/types.ts';
import type { LoadedMachine } from '../../services/machines/load.ts';
import type { MachineWorker } from '../../services/machines/worker.ts';
import { describeAddress, type DebugAddress } from '../../services/debugger/address.ts';
import { DebugServer } from '../../services/debugger/server.ts';
import type { HostNetwork } from '../../services/network/index.ts';
import { ExitStatus } from '../failure.ts';
import type { ConsoleSink } from './consoles.ts';
import { watchEndings, type EndReason } from './endings.ts';
import { openConsoleInput, type ConsoleInput } from './terminal.ts';

export interface Session {
  machine: LoadedMachine;
  script: Script;
  speed: 'max' | number;
  /** Host milliseconds. */
  wallMs?: number;
  console: ConsoleSink;
  /** Standard input is the guest's console. */
  readInput: boolean;
  /** Where idle time passes as on the clock on the wall: somebody may type, and the guest must not race ahead on its own tick. */
  paceIdle?: IdlePace;
  /** The host's sockets of the machine's network; closed at the end. */
  network?: HostNetwork | undefined;
  /** Takes the capture of frames. */
  capture?: ConsoleSink | undefined;
  /** Where a debugger may attach. */
  gdb?: DebugAddress;
  /** Nothing runs until a debugger, or the monitor, lets it. */
  paused?: boolean;
}

/** How a session ended: by the machine's own account, or because of us. */
export interface SessionEnd {
  result?: RunResult;
  /** Set when it was not the machine that ended it. */
  reason?: EndReason;
}

/** How long a machine that was told to stop may take to account for itself. */
export const stopGraceMs = 2000;

export async function runSession(worker: MachineWorker, session: Session): Promise<SessionEnd> {
  const { machine, console, network, capture } = session;
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
    let grace: NodeJS.Timeout | undefined;

    const finish = (settle: () => void) => {
      clearTimeout(grace);
      unwatch();
      input?.close();
      worker.terminate();
      for (const file of [...machine.drives, ...machine.flash]) file.close();
      console.close();
      network?.close();
      capture?.close();
      if (debug) void debug.close().then(settle);
      else settle();
    };
    const end = (result?: RunResult) => finish(() => resolve({ ...(result ? { result } : {}), ...(reason ? { reason } : {}) }));
    const stop = (why: EndReason) => {
      // A second request does not wait.
      if (reason) return end();
      reason = why;
      worker.post({ type: 'stop' });
      grace = setTimeout(end, stopGraceMs);
    };
    const unwatch = watchEndings(stop);

    worker.onFailure((error) => finish(() => reject(error)));
    worker.onEvent((event) => {
      switch (event.type) {
        case 'console':
          return console.write(event.bytes);
        case 'monitor': {
          const answer = event.id === undefined ? undefined : answers.get(event.id);
          if (answer) answer(event.text);
          else process.stderr.write(`${console.midLine ? '\n' : ''}(pocketvisor) ${event.line}\n${event.text}`);
          if (event.id !== undefined) answers.delete(event.id);
          return event.action === 'quit' ? stop('quit') : undefined;
        }
        case 'debugger':
          return debug?.send(event.bytes);
        case 'drive':
          return machine.drives.find((drive) => drive.config.name === event.name)?.writeBack(event.sector, event.count);
        case 'flash':
          return machine.flash[event.bank]?.writeBack(event.offset, event.bytes);
        case 'sockets':
          return network?.take(event.nic, event.command);
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
    debug?.open();
    if (session.readInput) {
      input = openConsoleInput({
        input: (bytes) => worker.post({ type: 'input', bytes }),
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

/** The exit code of a run that was ended from outside. */
export function exitCodeOfReason(reason: EndReason): number {
  return { quit: ExitStatus.ok, interrupted: ExitStatus.interrupted, 'broken-pipe': ExitStatus.brokenPipe }[reason];
}
