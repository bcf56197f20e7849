/** What is seen from outside of the cells, whatever guests say. */
import { createHash } from 'node:crypto';
import type { Scene } from './scene.ts';

type Range = readonly [from: number, to: number];

/** What the victim had when it had filled all that it has, and what is different since. */
export class Witness {
  private readonly scene: Scene;
  private readonly kept: readonly { readonly range: Range; readonly bytes: Uint8Array }[];
  private readonly tables: string;

  /** To be made when the victim has told where its things are. */
  constructor(scene: Scene) {
    this.scene = scene;
    // All of its RAM but where it works, and its channels.
    const [works, ...things] = rangesOf(scene.consoles['victim'] as string);
    const ram = ramOf(scene, 'victim');
    const channels = things.filter(([from]) => from < ram[0]);
    const ranges: Range[] = [[ram[0], works![0]], [works![1], ram[1]], ...channels];
    this.kept = ranges.map((range) => ({ range, bytes: read(scene, 'victim', range) }));
    this.tables = tablesOf(scene);
  }

  /** How many bytes are looked after. */
  get bytes(): number {
    return this.kept.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** Bytes of the victim's memory and channels that are not what they were. */
  get changed(): number {
    return this.kept.reduce((sum, { range, bytes }) => {
      const now = read(this.scene, 'victim', range);
      return hashOf(now) === hashOf(bytes) ? sum : sum + bytes.filter((byte, n) => byte !== now[n]).length;
    }, 0);
  }

  /** Whether the tables that say who may reach what are what they were. */
  get tablesStand(): boolean {
    return tablesOf(this.scene) === this.tables;
  }
}

/** Where the attacker has the secret: how often in each of its things. */
export function foundAt(scene: Scene): Record<string, number> {
  const { secret, consoles, disk, frames } = scene;
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(secret);
  const count = (within: Uint8Array, what: Buffer = bytes): number => {
    const all = Buffer.from(within.buffer, within.byteOffset, within.length);
    let found = 0;
    for (let at = all.indexOf(what); at >= 0; at = all.indexOf(what, at + 1)) found++;
    return found;
  };
  const console = Buffer.from(consoles['attacker'] as string, 'latin1');
  const texts = [secret.toString(), secret.toString(16)].map((text) => Buffer.from(text));
  return {
    memory: count(read(scene, 'attacker', ramOf(scene, 'attacker'))),
    registers: count(registersOf(scene, 'attacker')),
    console: [bytes, ...texts].reduce((sum, text) => sum + count(console, text), 0),
    disk: count(new Uint8Array(disk).slice()),
    network: frames.reduce((sum, frame) => sum + count(frame), 0),
  };
}

/** The ranges that the victim names, in order. */
function rangesOf(console: string): Range[] {
  return [...console.matchAll(/victim: \w+ (0x[0-9a-f]+) to (0x[0-9a-f]+)/g)].map(([, from, to]) => [Number(from), Number(to)]);
}

function cellOf({ machine }: Scene, name: string) {
  const { cells, hypervisor } = machine.hardware.hosted!;
  const index = hypervisor.cells.findIndex((cell) => cell.name === name);
  return { parts: cells[index]!, cell: hypervisor.cells[index]! };
}

/** Its RAM comes first of what it has. */
function ramOf(scene: Scene, name: string): Range {
  const [ram] = cellOf(scene, name).parts.memory.pieces;
  return [ram!.ipa, ram!.ipa + ram!.size];
}

function read(scene: Scene, name: string, [from, to]: Range): Uint8Array {
  const bytes = new Uint8Array(to - from);
  if (!cellOf(scene, name).parts.memory.read(from, bytes)) throw new Error(`${name} has nothing at 0x${from.toString(16)}`);
  return bytes;
}

function registersOf(scene: Scene, name: string): Uint8Array {
  const [cpu] = cellOf(scene, name).cell.cpus;
  return cpu!.isLoaded ? cpu!.processor.state.slice() : cpu!.context.bytes;
}

/** All of the board's RAM behind what cells have: the tables of stage 2 are there. */
function tablesOf(scene: Scene): string {
  const { ram, hosted } = scene.machine.hardware;
  const ends = hosted!.cells.flatMap(({ memory }) => memory.pieces.map(({ pa, size }) => pa + size));
  const from = Math.max(...ends);
  const bytes = new Uint8Array(ram.base + ram.size - from);
  ram.peek(from, bytes);
  return hashOf(bytes);
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
