/**
 * Random exits of one cell, with random registers, as a guest might make them and as none can: nothing is thrown, other cells keep their
 * memory and go on, and what stands in a core is always that of the cell that runs there.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { host } from '../../../tests/support/machine.ts';
import { full } from '../../../tests/support/packages.ts';
import { costsAt } from '../../boards/costs.ts';
import { Dice } from '../../devices/test-dice.ts';
import type { Cell } from '../../hypervisor/cell.ts';
import type { CellConfig } from '../../hypervisor/config.ts';
import type { Core } from '../core.ts';
import { Hardware } from '../hardware.ts';
import type { MachineConfig } from '../types.ts';
import type { CoreProcessor } from './core-processor.ts';

const runtime = readFileSync(new URL('../../runtime/dist/runtime.wasm', import.meta.url));
const EXITS = full ? 1_000_000 : 30_000;
const MiB = 2 ** 20;
const RAM = 0x4000_0000;
const CORES = 2;
/** PSTATE of EL0 and EL1, with interrupts masked and not. */
const levels = [0x3c0n, 0x3c5n, 0x005n];

const cell = (name: string, more: Partial<CellConfig> = {}): CellConfig => ({
  ...{ name, boot: { loads: [], entry: RAM }, memoryBytes: 2 * MiB, cpus: CORES, schedule: { priority: 10 }, restart: 'always' },
  ...{ devices: [{ kind: 'uart' }], ...more },
});

const config: MachineConfig = {
  ...{ board: 'virt', cpus: CORES, memory: 64 * MiB, gic: 3, el: 1, cpu: 'max', exec: 'cold', seed: 1, rtcSeconds: 1e9 },
  ...{ boot: { loads: [] }, drives: [], rng: false, nics: [{ mac: 0x5254_0012_3456, link: {}, network: { kind: 'wire' } }] },
  cells: {
    cells: [
      cell('victim', { schedule: { priority: 5 } }),
      cell('attacker', {
        devices: [
          ...([{ kind: 'uart' }, { kind: 'rtc' }, { kind: 'rng' }, { kind: 'net', nic: 0 }] as const),
          { kind: 'block', name: 'disk', image: new SharedArrayBuffer(1 << 16), readOnly: false },
        ],
      }),
      cell('urgent', { cpus: 1, schedule: { priority: 200, periodNs: 1e6, budgetNs: 1e5 } }),
    ],
    channels: [
      { name: 'seen', sizeBytes: 0x1000, cells: { victim: 'rw', attacker: 'ro' }, doorbell: 'both' },
      { name: 'shared', sizeBytes: 0x1000, cells: { victim: 'ro', attacker: 'rw' }, doorbell: 'victim' },
      { name: 'unseen', sizeBytes: 0x1000, cells: { victim: 'rw', urgent: 'ro' }, doorbell: 'both' },
    ],
    ...{ budgets: [], costs: costsAt(1e9) },
  },
};

/** The hypervisor on cores that run no instruction: the test makes what they would come with. */
class Bench {
  nowNs = 0;
  private readonly hardware: Hardware;
  private readonly dice: Dice;

  constructor(seed: number) {
    this.dice = new Dice(seed, 'exits');
    this.hardware = new Hardware(config, runtime, {
      imports: { deviceRead: () => 0, deviceWrite: () => 0 },
      nowNs: () => this.nowNs,
      runningCore: () => undefined,
      coreWanted: (core) => (core.waiting = 0),
      ...{
        lineRaised() {},
        wanted() {},
        remapped() {},
        onOutput() {},
        onTaken() {},
        onSound() {},
        onDriveWrite() {},
        onFlashWrite() {},
        onTransmit() {},
      },
    });
    this.hardware.reset();
  }

  get hash(): string {
    return this.hardware.stateHash(host.sha256(), this.nowNs);
  }

  cellNamed(name: string): Cell {
    return this.hardware.hosted!.hypervisor.cells.find((each) => each.name === name)!;
  }

  /** Bytes of all pieces of memory that the attacker may not write to, and of the tables of stage 2. */
  othersMemory(): string {
    const { cells } = this.hardware.hosted!;
    const own = cells[1]!.memory.pieces.filter(({ writable }) => writable);
    const hash = host.sha256();
    this.hardware.ram.touched((pa, bytes) => {
      if (!own.some((piece) => pa >= piece.pa && pa < piece.pa + piece.size)) hash.update(bytes);
    });
    return hash.digest();
  }

  /** A core comes to the hypervisor, if the attacker runs there. */
  step(): void {
    const { hypervisor, processors } = this.hardware.hosted!;
    const processor = this.dice.pick(processors);
    const { core } = processor;
    this.nowNs = Math.max(this.nowNs, core.nowNs);
    if (core.nowNs < this.nowNs) core.passTo(this.nowNs);
    core.setLimit(core.nowNs + 1e6);
    hypervisor.update(processor, this.nowNs);
    if (!hypervisor.dispatch(processor, false)) return this.idle(core);
    this.check(processor);
    if (this.runs(processor)?.name === 'attacker' && !this.dice.oneIn(8)) {
      this.comeWith(core);
      hypervisor.enter(processor);
      if (hypervisor.dispatch(processor, true)) this.check(processor);
    } else processor.charge(this.dice.pick([100, 10_000, 300_000]));
  }

  /** Nobody has anything to do there: what waits for ever begins anew now and then. */
  private idle(core: Core): void {
    core.passTo(core.nowNs + this.dice.pick([1000, 100_000]));
    const { hypervisor } = this.hardware.hosted!;
    if (this.dice.oneIn(50)) hypervisor.act(this.cellNamed('attacker'), 'restart');
  }

  private runs({ core }: CoreProcessor): Cell | undefined {
    const vmid = Number(core.get64('VTTBR_EL2') >> 48n);
    return this.hardware.hosted!.hypervisor.cells.find(({ number }) => number === vmid);
  }

  /** What the guest must not be able to change of its core is what it has to be. */
  private check(processor: CoreProcessor): void {
    const { core } = processor;
    const running = this.runs(processor)!;
    const cpu = running.cpus.find((each) => each.processor === processor && each.isLoaded);
    const root = core.get64('VTTBR_EL2') & 0xffff_ffff_ffffn;
    const isWell =
      cpu !== undefined &&
      running.isRunning &&
      core.get32('EL') <= 1 &&
      root === BigInt(running.stage2.root) &&
      (core.get64('HCR_EL2') & 0x8008_0039n) === 0x8008_0039n &&
      core.get64('VMPIDR_EL2') === (0x8000_0000n | BigInt(cpu.index));
    if (!isWell) throw new Error(`core ${core.index} does not stand for a virtual CPU of ${running.name}`);
  }

  /** An exception to EL2 with any syndrome and any registers; most are of the classes that there are. */
  private comeWith(core: Core): void {
    const { dice } = this;
    const any64 = (): bigint => (BigInt(dice.word()) << 32n) | BigInt(dice.word());
    const value = (): bigint => dice.pick([BigInt(dice.upTo(8)), any64(), BigInt(this.address()), BigInt(this.call()), ~0n]);
    for (let n = 0; n < 31; n++) if (dice.oneIn(4)) core.setX(n, value());
    core.setX(0, dice.oneIn(2) ? BigInt(this.call()) : value());
    const ec = dice.oneIn(50) ? dice.upTo(64) : dice.pick([0x01, 0x16, 0x16, 0x17, 0x18, 0x20, 0x24, 0x24, 0x24]);
    const address = this.address();
    // Mostly a translation fault with a valid syndrome of 1 to 8 bytes, which is what a device's address comes with.
    const usual =
      (1 << 24) | (dice.upTo(4) << 22) | (dice.upTo(32) << 16) | (dice.upTo(2) << 6) | (dice.oneIn(8) ? dice.upTo(64) : 7);
    const iss = dice.oneIn(3) ? dice.word() & 0x1ff_ffff : usual;
    core.set64('ESR_EL2', BigInt(((ec << 26) | (1 << 25) | iss) >>> 0));
    core.set64('FAR_EL2', dice.oneIn(8) ? any64() : BigInt(address));
    core.set64('HPFAR_EL2', BigInt(Math.floor(address / 4096)) << 4n);
    core.set64('ELR_EL2', dice.oneIn(8) ? any64() : BigInt(RAM + dice.upTo(MiB) * 4));
    core.set64('SPSR_EL2', dice.pick(levels));
    core.set32('EL', 2);
    core.set32('SPSEL', 1);
    core.set32('DAIF', 15);
    this.hardware.runtime.levelChanged(core.pointer);
    // What the guest ran until then.
    core.spend(dice.upTo(5000));
  }

  /** Of a device of its own, of memory, or anywhere. */
  private address(): number {
    const { dice } = this;
    const base = dice.pick([
      0x0800_0000, 0x080a_0000, 0x080b_0000, 0x080c_0000, 0x0900_0000, 0x0901_0000, 0x0a00_3800, 0x0d00_0000,
    ]);
    const near = base + dice.pick([dice.upTo(0x100), dice.upTo(0x1000), dice.upTo(0x8_0000)]);
    return dice.pick([near, near, near & ~7, near & ~3, RAM + dice.upTo(8 * MiB), dice.word() * 256 + dice.upTo(256)]);
  }

  private call(): number {
    const { dice } = this;
    const base = dice.pick([0x8400_0000, 0xc400_0000, 0xc600_0000, 0x8600_0000, 0x8000_0000]);
    return dice.oneIn(8) ? dice.word() : base + dice.upTo(0x20);
  }
}

test('nothing that a cell comes with reaches others', { timeout: 20 * 60_000 }, () => {
  const bench = new Bench(1);
  const attacker = bench.cellNamed('attacker');
  const before = bench.othersMemory();
  for (let n = 0; n < EXITS; n++) bench.step();
  expect(bench.othersMemory()).toBe(before);
  for (const name of ['victim', 'urgent']) {
    expect(bench.cellNamed(name)).toMatchObject({ state: 'running', restarts: 0, failure: undefined });
  }
  expect(attacker.restarts).toBeGreaterThan(1);
  for (const ec of [0x01, 0x16, 0x17, 0x18, 0x20, 0x24]) expect(attacker.exits.get(ec)).toBeGreaterThan(EXITS / 100);
});

test('the same exits have the same effect', () => {
  const [first, second] = [new Bench(2), new Bench(2)];
  for (let n = 0; n < 2000; n++) {
    first.step();
    second.step();
  }
  expect(second.hash).toBe(first.hash);
});
