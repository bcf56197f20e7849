import { UserError } from '../../../emulator/base/user-error.ts';
import type { Machine, Peer, Speed } from '../../contract/index.ts';
import type { Hub } from '../hub.ts';
import { ManagedMachine } from './managed.ts';
import type { MachinePlan } from './plan.ts';
import { spawnMachine, type SpawnMachine } from './worker.ts';

const maxMachines = 16;

/** The machines of the workstation, by number. */
export class MachinesService {
  readonly #machines = new Map<number, ManagedMachine>();
  readonly #hub: Hub;
  readonly #spawn: SpawnMachine;
  #next = 1;

  constructor(hub: Hub, spawn: SpawnMachine = spawnMachine) {
    this.#hub = hub;
    this.#spawn = spawn;
  }

  list(): Machine[] {
    return [...this.#machines.values()].map((machine) => machine.describe());
  }

  create(project: string, readPlan: () => MachinePlan, speed: Speed): Machine {
    if (this.#machines.size >= maxMachines) {
      throw new UserError('too-many-machines', `there are ${maxMachines} machines already`, { hint: 'remove one' });
    }
    const id = this.#next++;
    const machine = new ManagedMachine(id, project, readPlan, speed, this.#spawn, {
      status: (status) => this.#hub.broadcast('status', { machine: id, status }),
      ended: (result) => this.#hub.broadcast('ended', { machine: id, result }),
      changed: () => this.#changed(),
    });
    this.#machines.set(id, machine);
    this.#changed();
    return machine.describe();
  }

  start(id: number, speed: Speed | undefined): void {
    this.get(id).start(speed);
    this.#changed();
  }

  remove(id: number): void {
    this.get(id).dispose();
    this.#machines.delete(id);
    this.#changed();
  }

  get(id: number): ManagedMachine {
    const machine = this.#machines.get(id);
    if (!machine) throw new UserError('unknown-machine', `there is no machine ${id}`);
    return machine;
  }

  /** Bytes for a machine that is gone meanwhile are dropped. */
  input(id: number, console: number, bytes: Uint8Array): void {
    this.#machines.get(id)?.input(console, bytes);
  }

  detachAll(peer: Peer): void {
    for (const machine of this.#machines.values()) {
      machine.detachAll(peer);
      machine.screens.detachAll(peer);
    }
  }

  close(): void {
    for (const machine of this.#machines.values()) machine.dispose();
    this.#machines.clear();
  }

  #changed(): void {
    this.#hub.broadcast('machines', this.list());
  }
}
