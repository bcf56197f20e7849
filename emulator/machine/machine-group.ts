import type { LinkConfig } from '../network/switch/link.ts';
import { Switch } from '../network/switch/switch.ts';
import type { Machine, MachineListener } from './machine.ts';

interface Member {
  readonly machine: Machine;
  /** It waits for frames alone. */
  isIdle: boolean;
}

/** How far idle machines may run ahead of others where wires have no delay, in virtual ns. */
const LEAST_LEAD_NS = 20_000;

/**
 * Machines whose network cards are on one switch, run in one thread: always the one that is furthest behind in virtual time, for a slice. Whose
 * turn it is follows from virtual times alone, so what a group does is as deterministic as what a machine does. A frame enters a machine when it
 * arrives, or when the slice ends in which it would have.
 */
export class MachineGroup {
  private readonly net: Switch;
  private readonly members: Member[] = [];
  private leadNs = Infinity;

  /** What is lost on wires follows from the seed. */
  constructor(seed: number) {
    this.net = new Switch(seed);
  }

  /** Adds a machine with `threads: 1`. Its cards of kind `wire` are at the wires that are listed, by number; `onFrame` has to be its listener's. */
  add(name: string, wires: readonly LinkConfig[], build: (onFrame: NonNullable<MachineListener['onFrame']>) => Machine): Machine {
    const ports = wires.map((link, nic) =>
      this.net.addPort(`${name} eth${nic}`, link, (frame, atNs) => {
        member.isIdle = false;
        member.machine.receiveFrame(nic, frame, atNs);
      }),
    );
    for (const { delayNs = 0 } of wires) this.leadNs = Math.min(this.leadNs, delayNs);
    const member: Member = { machine: build((nic, frame, atNs) => ports[nic]?.send(frame, atNs)), isIdle: false };
    this.members.push(member);
    return member.machine;
  }

  /** Runs a slice of one machine. Answers whether there is more to do. */
  step(): boolean {
    const able = this.members.filter(({ machine, isIdle }) => machine.outcome === undefined && !isIdle);
    const [first, second] = able.toSorted((a, b) => a.machine.nowNs - b.machine.nowNs);
    if (!first) return false;
    // What idles must not go where a frame of another could still reach it.
    const lead = Math.max(this.leadNs, LEAST_LEAD_NS);
    const untilNs = second ? second.machine.nowNs + lead : Infinity;
    first.isIdle = first.machine.runFor(0, { idleUntilNs: untilNs }) === 'idle';
    return true;
  }
}
