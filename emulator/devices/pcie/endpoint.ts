import type { DeviceState } from '../device.ts';
import { command, ConfigSpace, type Bar, type Capability, type Identity, type PlacedBar } from './config-space.ts';
import type { PcieFunction, Upstream } from './function.ts';
import { Msix } from './msix.ts';

export interface EndpointOptions {
  readonly identity: Identity;
  readonly bars: readonly Bar[];
  readonly capabilities: readonly Capability[];
  /** The number of vectors, and the register of their window. */
  readonly msix?: { readonly vectors: number; readonly bar: number };
  readonly upstream: Upstream;
}

/** What every function does alike: its configuration space, and interrupts as a level or as messages. */
export class Endpoint implements PcieFunction {
  readonly msix: Msix | undefined;
  private readonly config: ConfigSpace;
  private readonly upstream: Upstream;
  private isPending = false;

  constructor({ identity, bars, capabilities, msix, upstream }: EndpointOptions) {
    this.upstream = upstream;
    this.msix = msix && new Msix(msix.vectors, msix.bar, (address, data) => this.send(address, data));
    this.config = new ConfigSpace(
      identity,
      this.msix ? [...bars, this.msix.bar] : bars,
      this.msix ? [...capabilities, this.msix.capability] : capabilities,
    );
  }

  /** Where a capability begins, by its place in the list that was given. */
  capabilityAt(index: number): number {
    return this.config.capabilityAt[index] as number;
  }

  /** Whether it may read and write memory by itself. */
  get isBusMaster(): boolean {
    return this.config.has(command.BUS_MASTER);
  }

  get decoded(): readonly PlacedBar[] {
    return this.config.decoded;
  }

  readConfig(offset: number, size: 1 | 2 | 4): number {
    return this.config.read(offset, size);
  }

  writeConfig(offset: number, size: 1 | 2 | 4, value: number): void {
    this.config.write(offset, size, value);
    this.msix?.setControl(this.messageControl);
    this.drive();
  }

  /** Something is to be told to the driver, or nothing any more: by INTA, where messages are not enabled. */
  setInterrupt(pending: boolean): void {
    this.isPending = pending;
    this.drive();
  }

  reset(): void {
    this.config.reset();
    this.msix?.reset();
    this.setInterrupt(false);
  }

  save(): DeviceState {
    return { config: this.config.save(), isPending: this.isPending, msix: this.msix?.save() ?? null };
  }

  restore({ config, isPending, msix }: DeviceState): void {
    this.config.restore(config as Uint8Array);
    this.msix?.restore(msix as ReturnType<Msix['save']>, this.messageControl);
    this.setInterrupt(isPending as boolean);
  }

  private get messageControl(): number {
    return this.config.read((this.config.capabilityAt.at(-1) as number) + 2, 2);
  }

  /** A message is a write to memory: without leave for those it is lost, as on QEMU. */
  private send(address: number, data: number): void {
    if (this.isBusMaster) this.upstream.sendMessage(address, data);
  }

  private drive(): void {
    // §7.5.1.1.4: the bit is there even when INTx is disabled.
    const pending = this.isPending && !this.msix?.isEnabled;
    this.config.setInterruptStatus(pending);
    this.upstream.setInterrupt(pending && !this.config.has(command.INTX_DISABLE));
  }
}
