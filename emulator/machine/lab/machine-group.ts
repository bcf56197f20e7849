import type { LinkConfig } from '../../network/switch/link.ts';
import { Switch } from '../../network/switch/switch.ts';
import type { Machine, MachineListener } from '../machine.ts';

/** A wire from a network card of kind `wire` to a switch, and what it does to frames. */
export interface LabWire {
  readonly nic: number;
  readonly switch: string;
  readonly link: LinkConfig;
}

interface Member {
  readonly machine: Machine;
  /** It waits for frames alone. */
  isIdle: boolean;
}

/** What a step of a group ends with: `paced`, where a machine awaits the host's sockets and nobody else has anything to do meanwhile. */
export type GroupState = 'busy' | 'paced' | 'idle';

/** How far idle machines may run ahead of others where wires have no delay, in virtual ns. */
const LEAST_LEAD_NS = 20_000;

/**
 * Machines whose network cards are on switches, run in one thread: always the one that is furthest behind in virtual time, for a slice. Whose
 * turn it is follows from virtual times alone, so what a group does is as deterministic as what a machine does. A frame enters a machine when it
 * arrives, or when the slice ends in which it would have.
 */
export class MachineGroup {
  private readonly seed: number;
  private readonly onFrame: ((machine: string, wire: LabWire, frame: Uint8Array, atNs: number) => void) | undefined;
  private readonly switches = new Map<string, Switch>();
  private readonly members: Member[] = [];
  private leadNs = Infinity;

  /** What is lost on wires follows from the seed. `onFrame` hears of each frame that comes to a switch by a machine's wire. */
  constructor(seed: number, onFrame?: (machine: string, wire: LabWire, frame: Uint8Array, atNs: number) => void) {
    this.seed = seed;
    this.onFrame = onFrame;
  }

  /** Adds a machine with `threads: 1` at wires; `onFrame` has to be its listener's. */
  add(name: string, wires: readonly LabWire[], build: (onFrame: NonNullable<MachineListener['onFrame']>) => Machine): Machine {
    const ports = new Map(
      wires.map((wire) => {
        const deliver = (frame: Uint8Array, atNs: number): void => {
          member.isIdle = false;
          member.machine.receiveFrame(wire.nic, frame, atNs);
        };
        const port = this.switchNamed(wire.switch).addPort(`${name} eth${wire.nic}`, wire.link, deliver, (frame, atNs) =>
          this.onFrame?.(name, wire, frame, atNs),
        );
        return [wire.nic, port];
      }),
    );
    for (const { link } of wires) this.leadNs = Math.min(this.leadNs, link.delayNs ?? 0);
    const member: Member = { machine: build((nic, frame, atNs) => ports.get(nic)?.send(frame, atNs)), isIdle: false };
    this.members.push(member);
    return member.machine;
  }

  /** Input came for a machine. */
  wake(machine: Machine): void {
    for (const member of this.members) if (member.machine === machine) member.isIdle = false;
  }

  /** Runs a slice of one machine. Where one awaits the host, it idles up to `waitForNs` of virtual time from where it is. */
  step(waitForNs = Infinity): GroupState {
    const able = this.members.filter(({ machine, isIdle }) => machine.outcome === undefined && !isIdle);
    const [first, second] = able.toSorted((a, b) => a.machine.nowNs - b.machine.nowNs);
    if (!first) return 'idle';
    // What idles must not go where a frame of another could still reach it.
    const lead = Math.max(this.leadNs, LEAST_LEAD_NS);
    const untilNs = second ? second.machine.nowNs + lead : Infinity;
    const waitUntilNs = first.machine.nowNs + waitForNs;
    const state = first.machine.runFor(0, { idleUntilNs: untilNs, socketsUntilNs: waitUntilNs });
    first.isIdle = state === 'idle';
    return state === 'paced' && first.machine.nowNs < untilNs ? 'paced' : 'busy';
  }

  private switchNamed(name: string): Switch {
    const found = this.switches.get(name) ?? new Switch(this.seed);
    this.switches.set(name, found);
    return found;
  }
}
