/** One run of a lab from the command line: joins the worker, the consoles and signals. */
import { UserError } from '../../../emulator/base/user-error.ts';
import type { LabEvent } from '../../../emulator/machine/lab/types.ts';
import { closeDrives, type LoadedLab } from '../../services/lab/load.ts';
import type { LabWorker } from '../../services/machines/worker.ts';
import type { HostNetwork } from '../../services/network/index.ts';
import type { ConsoleSink } from '../run/consoles.ts';
import { watchEndings, type EndReason } from '../run/endings.ts';
import { stopGraceMs } from '../run/session.ts';

export interface LabRun {
  lab: LoadedLab;
  seed: number;
  /** Of each machine, as are networks. */
  consoles: ConsoleSink[];
  networks: HostNetwork[];
  capture: ConsoleSink | undefined;
  /** Host milliseconds. */
  wallMs?: number;
}

export type LabEnd = Extract<LabEvent, { type: 'ended' }>;

export function runLab(worker: LabWorker, run: LabRun): Promise<{ result?: LabEnd; reason?: EndReason }> {
  const { lab, seed, consoles, networks, capture, wallMs } = run;
  return new Promise((resolve, reject) => {
    let reason: EndReason | undefined;
    let grace: NodeJS.Timeout | undefined;
    const finish = (settle: () => void) => {
      clearTimeout(grace);
      unwatch();
      worker.terminate();
      closeDrives(lab);
      for (const sink of consoles) sink.close();
      for (const network of networks) network.close();
      capture?.close();
      settle();
    };
    const end = (result?: LabEnd) => finish(() => resolve({ ...(result ? { result } : {}), ...(reason ? { reason } : {}) }));
    const unwatch = watchEndings((why) => {
      // A second request does not wait.
      if (reason) return end();
      reason = why;
      worker.post({ type: 'stop' });
      grace = setTimeout(end, stopGraceMs);
    });

    const take = (machine: number, event: Extract<LabEvent, { type: 'machine' }>['event']): void => {
      switch (event.type) {
        case 'console':
          return consoles[machine]?.write(event.bytes);
        case 'drive':
          return lab.drives[machine]?.find(({ config }) => config.name === event.name)?.writeBack(event.sector, event.count);
        case 'sockets':
          return networks[machine]?.take(event.nic, event.command);
        case 'refused': {
          const message = `${lab.machines[machine]?.name}: ${event.message}`;
          return finish(() => reject(new UserError(event.code, message, event.hint ? { hint: event.hint } : {})));
        }
      }
    };
    worker.onFailure((error) => finish(() => reject(error)));
    worker.onEvent((event) => {
      if (event.type === 'machine') take(event.machine, event.event);
      else if (event.type === 'capture') capture?.write(event.bytes);
      else if (event.type === 'ended') end(event);
    });
    for (const [machine, network] of networks.entries()) {
      network.connect((nic, event) => worker.post({ type: 'machine', machine, command: { type: 'sockets', nic, event } }));
    }
    worker.post({
      type: 'start-lab',
      lab: { seed, machines: lab.machines, ...(capture ? { capture: true } : {}) },
      ...(wallMs === undefined ? {} : { wallMs }),
    });
  });
}
