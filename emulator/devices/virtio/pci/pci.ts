import type { Clock, DeviceState, Dma } from '../../device.ts';
import type { Bar } from '../../pcie/config-space.ts';
import { Endpoint } from '../../pcie/endpoint.ts';
import type { PcieFunction, Upstream } from '../../pcie/function.ts';
import { VirtioCore } from '../core.ts';
import type { VirtioDevice } from '../device.ts';
import { AccessCapability } from './access-capability.ts';
import { accessCapability, partCapability } from './capabilities.ts';
import { nothingSelected, readCommon, writeCommon, type Registers } from './common.ts';
import { identityOf, mayBeTransitional } from './identity.ts';
import { readLegacy, writeLegacy } from './legacy.ts';
import { Vectors } from './vectors.ts';

export interface VirtioPciOptions {
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly dma: Dma;
  readonly device: VirtioDevice;
  /** Drivers of before version 1.0 find it, too, where the device type is that old: QEMU's, unless it is told otherwise. */
  readonly transitional: boolean;
}

/** Windows, as QEMU has them. */
const [LEGACY_BAR, MSIX_BAR, MODERN_BAR] = [0, 1, 4];
/** The parts of the modern window, a page each. */
const PART = 0x1000;
const parts = { common: 0, isr: 1, device: 2, notify: 3 } as const;
const NOTIFY_MULTIPLIER = 4;
/** Registers of before version 1.0, in front of the device's configuration. */
const LEGACY_BYTES = 24;

/** The transport virtio over PCI (virtio 1.2 §4.1): a device's registers behind capabilities, and a vector for each queue. */
export function createVirtioPci({ upstream, clock, dma, device, transitional }: VirtioPciOptions): PcieFunction {
  const isTransitional = transitional && mayBeTransitional(device.id);
  /** Whether the driver of a transitional device came by the registers of before version 1.0. */
  let hasLegacyDriver = false;
  const core = new VirtioCore({
    clock,
    // §7.5.1.1.3: without leave to be a bus master a function reaches no memory.
    dma: {
      read: (pa, into) => endpoint.isBusMaster && dma.read(pa, into),
      write: (pa, from) => endpoint.isBusMaster && dma.write(pa, from),
    },
    device,
    isLegacy: () => hasLegacyDriver,
    onInterrupts: (pending) => endpoint.setInterrupt(pending),
    onEvent: (queue) => endpoint.msix?.raise(vectors.of(queue)),
  });
  // One for each queue and one for the configuration.
  const count = core.rings.length + 1;
  const vectors = new Vectors(core.rings.length, count);
  const registers: Registers = {
    core,
    vectors,
    selection: { ...nothingSelected },
    get ring() {
      return core.rings[this.selection.queue];
    },
    setStatus(value) {
      if (value === 0) resetTransport();
      core.setStatus(value);
    },
    notify(queue) {
      if (endpoint.isBusMaster) core.notify(queue);
    },
    takeInterrupts() {
      const { interrupts } = core.state;
      core.acknowledge(interrupts);
      return interrupts;
    },
  };

  const modern: Bar = {
    ...{ index: MODERN_BAR, kind: 'memory64', size: 4 * PART, prefetchable: true },
    read(offset, size) {
      const at = offset % PART;
      switch (Math.floor(offset / PART)) {
        case parts.common:
          return readCommon(registers, at, size);
        case parts.isr:
          return at === 0 ? registers.takeInterrupts() : 0;
        case parts.device:
          return core.readConfig(at, size);
        default:
          return 0;
      }
    },
    write(offset, size, value) {
      const at = offset % PART;
      hasLegacyDriver = false;
      switch (Math.floor(offset / PART)) {
        case parts.common:
          return writeCommon(registers, at, size, value);
        case parts.device:
          return core.writeConfig(at, size, value);
        case parts.notify:
          return registers.notify(Math.floor(at / NOTIFY_MULTIPLIER));
      }
    },
  };
  const hasVectors = (): boolean => endpoint.msix?.isEnabled ?? false;
  const legacy: Bar = {
    ...{ index: LEGACY_BAR, kind: 'io', size: 2 ** Math.ceil(Math.log2(LEGACY_BYTES + device.config.length)) },
    read: (offset, size) => readLegacy(registers, hasVectors(), offset, size),
    write(offset, size, value) {
      hasLegacyDriver = true;
      writeLegacy(registers, hasVectors(), offset, size, value);
    },
  };

  const part = (name: keyof typeof parts, more?: number) => partCapability(name, MODERN_BAR, parts[name] * PART, PART, more);
  const capabilities = [part('common'), part('isr'), part('device'), part('notify', NOTIFY_MULTIPLIER), accessCapability()];
  const endpoint = new Endpoint({
    identity: identityOf(device.id, isTransitional),
    bars: isTransitional ? [legacy, modern] : [modern],
    capabilities,
    msix: { vectors: count, bar: MSIX_BAR },
    upstream,
  });
  const access = new AccessCapability(endpoint, endpoint.capabilityAt(capabilities.length - 1), (bar, offset, size, value) => {
    if (bar !== MODERN_BAR || offset + size > modern.size) return undefined;
    return value === undefined ? modern.read(offset, size) : modern.write(offset, size, value);
  });

  function resetTransport() {
    Object.assign(registers.selection, nothingSelected);
    vectors.reset();
  }

  return {
    readConfig(offset, size) {
      access.beforeRead(offset, size);
      return endpoint.readConfig(offset, size);
    },
    writeConfig(offset, size, value) {
      endpoint.writeConfig(offset, size, value);
      access.afterWrite(offset, size);
    },
    get decoded() {
      return endpoint.decoded;
    },
    reset() {
      hasLegacyDriver = false;
      resetTransport();
      core.reset();
      endpoint.reset();
    },
    save: (): DeviceState => ({
      ...{ hasLegacyDriver, selection: { ...registers.selection }, vectors: vectors.save() },
      ...{ core: core.save(), endpoint: endpoint.save() },
    }),
    restore(state) {
      hasLegacyDriver = state['hasLegacyDriver'] as boolean;
      Object.assign(registers.selection, state['selection']);
      vectors.restore(state['vectors'] as number[]);
      endpoint.restore(state['endpoint'] as DeviceState);
      core.restore(state['core'] as DeviceState);
    },
  };
}
