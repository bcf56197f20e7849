import { createRandom } from '../base/random.ts';
import type { AddressRange, Board, BoardDevice, DeviceKind, PcieWindows } from './board.ts';
import { cells64, node, setProperty, type PropertyValue, type TreeNode } from './fdt.ts';

/** What the tree says beside the board: the machine's configuration and what the boot loader passes on. */
export interface DeviceTreeConfig extends Chosen {
  cpus: number;
  /** Bytes of RAM. */
  memory: number;
  gic: 2 | 3;
  /** Of version 3: whether it has an ITS. */
  its: boolean;
  /** The highest exception level that the guest sees. */
  el: 1 | 2 | 3;
  cpu: string;
  seed: number;
  /** How PSCI is called, if it is there. */
  psci: 'hvc' | 'smc' | undefined;
  /** What a cell shares with others. */
  channels?: readonly ChannelWindow[];
}

/** A channel as a cell sees it: a page with its doorbell, its memory, and the interrupt that the other sides raise. */
export interface ChannelWindow {
  readonly name: string;
  readonly doorbell: AddressRange;
  readonly memory: AddressRange;
  readonly spi: number;
}

/** What is under /chosen. */
export interface Chosen {
  bootargs?: string | undefined;
  initrd?: AddressRange | undefined;
  /** Images for a hypervisor's first guest (Xen's docs/misc/arm/device-tree/booting.txt). */
  modules?: readonly (AddressRange & { kind: 'kernel' | 'ramdisk'; bootargs?: string | undefined })[];
}

/** References between nodes; numbers as good as any. `msi` is what takes messages; cores come last. */
const phandles = { gic: 0x8000, clock: 0x8001, gpio: 0x8002, msi: 0x8003, core: 0x8004 } as const;

/** Interrupt specifiers of the GIC (Linux: Documentation/devicetree/bindings/interrupt-controller/arm,gic.yaml). */
const [SPI, PPI] = [0, 1];
const [EDGE_RISING, LEVEL_HIGH] = [1, 4];
const KEY_POWER = 116;
const PCLK_HZ = 24_000_000;

const reg = (...ranges: AddressRange[]) => cells64(...ranges.flatMap(({ base, size }) => [base, size]));
const at = (name: string, { base }: AddressRange) => `${name}@${base.toString(16)}`;
const spi = (device: BoardDevice, trigger: number) => (device.spi === undefined ? undefined : [SPI, device.spi, trigger]);

/** A PrimeCell: its own clocks, if any, come before the bus's. */
function primeCell(kind: string, device: BoardDevice, clocks: string[], more: Record<string, PropertyValue> = {}): TreeNode {
  const names = [...clocks, 'apb_pclk'];
  return node(at(kind, device), {
    compatible: [`arm,${kind}`, 'arm,primecell'],
    reg: reg(device),
    interrupts: spi(device, LEVEL_HIGH),
    clocks: names.map(() => phandles.clock),
    'clock-names': names,
    ...more,
  });
}

/** The node for all devices of a kind, or one for each. */
const describe: Record<DeviceKind, (devices: BoardDevice[]) => TreeNode[]> = {
  pl011: (devices) => devices.map((device) => primeCell('pl011', device, ['uartclk'])),
  pl031: (devices) => devices.map((device) => primeCell('pl031', device, [])),
  pl061: (devices) =>
    devices.map((device) =>
      primeCell('pl061', device, [], { 'gpio-controller': true, '#gpio-cells': 2, phandle: phandles.gpio }),
    ),
  'fw-cfg': (devices) =>
    devices.map((device) =>
      node(at('fw-cfg', device), { compatible: 'qemu,fw-cfg-mmio', reg: reg(device), 'dma-coherent': true }),
    ),
  'virtio-mmio': (devices) =>
    devices.map((device) =>
      node(at('virtio_mmio', device), {
        compatible: 'virtio,mmio',
        reg: reg(device),
        interrupts: spi(device, EDGE_RISING),
        'dma-coherent': true,
      }),
    ),
  radio: (devices) =>
    devices.map((device) =>
      node(at('radio', device), {
        compatible: 'pocketvisor,tdma-radio',
        reg: reg(device),
        interrupts: spi(device, LEVEL_HIGH),
      }),
    ),
  'disk-server': (devices) =>
    devices.map((device) =>
      node(at('disk-server', device), {
        compatible: 'pocketvisor,disk-server',
        reg: reg(device),
        interrupts: spi(device, LEVEL_HIGH),
      }),
    ),
  'screen-control': (devices) =>
    devices.map((device) =>
      node(at('screen-control', device), {
        compatible: 'pocketvisor,screen-control',
        reg: reg(device),
        interrupts: spi(device, LEVEL_HIGH),
      }),
    ),
  // Banks beside each other are one flash.
  'cfi-flash': (devices) => [node(at('flash', devices[0]!), { compatible: 'cfi-flash', reg: reg(...devices), 'bank-width': 4 })],
};

/** The device tree of a board in a configuration. Nodes and properties are those of QEMU's `virt`, where the device exists here. */
export function deviceTree(board: Board, config: DeviceTreeConfig): TreeNode {
  const kinds = [...new Set(board.devices.map((device) => device.kind))];
  // A cell's board may lack them.
  const console = board.devices.find(({ name }) => name === board.console);
  const hasPowerKey = board.devices.some(({ name }) => name === board.powerKey.device);
  const root = node(
    '',
    {
      compatible: board.compatible,
      model: board.model,
      'interrupt-parent': phandles.gic,
      '#address-cells': 2,
      '#size-cells': 2,
    },
    node('chosen', {
      'stdout-path': console && `/${at(console.kind, console)}`,
      'kaslr-seed': createRandom(config.seed, 'kaslr-seed').bytes(8),
      'rng-seed': createRandom(config.seed, 'rng-seed').bytes(32),
    }),
    memory(board, config.memory),
    ...(config.psci ? [psci(config.psci)] : []),
    cpus(config),
    timer(board, config),
    node('pmu', { compatible: 'arm,armv8-pmuv3', interrupts: ppi(board.ppis.pmu, config) }),
    interruptController(board, config),
    node('apb-pclk', {
      compatible: 'fixed-clock',
      '#clock-cells': 0,
      'clock-frequency': PCLK_HZ,
      'clock-output-names': 'clk24mhz',
      phandle: phandles.clock,
    }),
    ...kinds.flatMap((kind) => describe[kind](board.devices.filter((device) => device.kind === kind))),
    ...(board.pcie ? [pcie(board.pcie, config)] : []),
    ...(hasPowerKey ? [powerKey(board)] : []),
    ...(config.channels ?? []).map(channel),
  );
  setChosen(root, config);
  return root;
}

function channel({ name, doorbell, memory, spi }: ChannelWindow): TreeNode {
  return node(at('channel', doorbell), {
    compatible: 'pocketvisor,channel',
    label: name,
    reg: reg(doorbell, memory),
    interrupts: [SPI, spi, LEVEL_HIGH],
  });
}

function powerKey({ powerKey: { pin } }: Board): TreeNode {
  const button = { label: 'GPIO Key Poweroff', 'linux,code': KEY_POWER, gpios: [phandles.gpio, pin, 0] };
  return node('gpio-keys', { compatible: 'gpio-keys' }, node('poweroff', button));
}

/** Makes a tree that the user brought fit the machine: its memory, and what the boot loader passes on (as QEMU does with `-dtb`). */
export function adaptDeviceTree(root: TreeNode, board: Board, memoryBytes: number, chosen: Chosen): void {
  root.children = root.children.filter(({ name }) => name !== 'memory' && !name.startsWith('memory@'));
  root.children.push(memory(board, memoryBytes));
  setChosen(root, chosen);
}

function setChosen(root: TreeNode, { bootargs, initrd, modules = [] }: Chosen): void {
  let chosen = root.children.find(({ name }) => name === 'chosen');
  if (!chosen) root.children.push((chosen = node('chosen', {})));
  if (bootargs) setProperty(chosen, 'bootargs', bootargs);
  if (initrd) {
    setProperty(chosen, 'linux,initrd-start', cells64(initrd.base));
    setProperty(chosen, 'linux,initrd-end', cells64(initrd.base + initrd.size));
  }
  if (modules.length > 0) {
    setProperty(chosen, '#address-cells', 2);
    setProperty(chosen, '#size-cells', 2);
  }
  for (const module of modules) {
    const compatible = ['multiboot,module', `multiboot,${module.kind}`];
    chosen.children.push(node(at('module', module), { compatible, reg: reg(module), bootargs: module.bootargs }));
  }
}

function memory(board: Board, bytes: number): TreeNode {
  const range = { base: board.ramBase, size: bytes };
  return node(at('memory', range), { device_type: 'memory', reg: reg(range) });
}

/** Function numbers of version 0.1, for systems that know no other; later versions have them fixed (DEN 0022F). */
function psci(method: 'hvc' | 'smc'): TreeNode {
  return node('psci', {
    compatible: ['arm,psci-1.0', 'arm,psci-0.2', 'arm,psci'],
    method,
    cpu_suspend: 0xc400_0001,
    cpu_off: 0x8400_0002,
    cpu_on: 0xc400_0003,
    migrate: 0xc400_0005,
  });
}

function cpus({ cpus, cpu, psci }: DeviceTreeConfig): TreeNode {
  const all = Array.from({ length: cpus }, (_, i) => i);
  // QEMU's `max` calls itself a Cortex-A57.
  const compatible = `arm,${cpu === 'max' ? 'cortex-a57' : cpu}`;
  const cores = all.map((i) => node(`core${i}`, { cpu: phandles.core + i }));
  return node(
    'cpus',
    { '#address-cells': 1, '#size-cells': 0 },
    node('cpu-map', {}, node('socket0', {}, node('cluster0', {}, ...cores))),
    ...all.map((i) =>
      node(`cpu@${i.toString(16)}`, {
        device_type: 'cpu',
        compatible,
        reg: i,
        'enable-method': psci && 'psci',
        phandle: phandles.core + i,
      }),
    ),
  );
}

/** A private interrupt. Version 2 says to which cores it belongs. */
function ppi(number: number, { gic, cpus }: DeviceTreeConfig): number[] {
  const mask = gic === 2 ? ((1 << cpus) - 1) << 8 : 0;
  return [PPI, number, mask | LEVEL_HIGH];
}

function timer({ ppis }: Board, config: DeviceTreeConfig): TreeNode {
  const order = [ppis.secureTimer, ppis.physicalTimer, ppis.virtualTimer, ppis.hypervisorTimer];
  return node('timer', {
    compatible: ['arm,armv8-timer', 'arm,armv7-timer'],
    interrupts: order.flatMap((number) => ppi(number, config)),
    'always-on': true,
  });
}

function interruptController({ gic, ppis }: Board, config: DeviceTreeConfig): TreeNode {
  const common = {
    '#interrupt-cells': 3,
    'interrupt-controller': true,
    '#address-cells': 2,
    '#size-cells': 2,
    ranges: true,
    phandle: phandles.gic,
    interrupts: config.el >= 2 ? [PPI, ppis.gicMaintenance, LEVEL_HIGH] : undefined,
  } as const;
  if (config.gic === 3) {
    return node(
      at('intc', gic.distributor),
      {
        compatible: 'arm,gic-v3',
        reg: reg(gic.distributor, gic.redistributors),
        '#redistributor-regions': 1,
        ...common,
      },
      ...(config.its && gic.its ? [translationService(gic.its)] : []),
    );
  }
  const virtual = config.el >= 2 ? [gic.hypervisor, gic.virtualCpu] : [];
  return node(
    at('intc', gic.distributor),
    {
      compatible: 'arm,cortex-a15-gic',
      reg: reg(gic.distributor, gic.cpu, ...virtual),
      ...common,
    },
    ...(gic.v2m ? [messageFrame(gic.v2m)] : []),
  );
}

function translationService(its: AddressRange): TreeNode {
  return node(at('its', its), {
    compatible: 'arm,gic-v3-its',
    'msi-controller': true,
    '#msi-cells': 1,
    reg: reg(its),
    phandle: phandles.msi,
  });
}

function messageFrame(frame: AddressRange): TreeNode {
  return node(at('v2m', frame), {
    compatible: 'arm,gic-v2m-frame',
    'msi-controller': true,
    reg: reg(frame),
    phandle: phandles.msi,
  });
}

/** Kinds of addresses of PCI (IEEE 1275 PCI binding §2.2.1.1). */
const [PCI_IO, PCI_MEMORY, PCI_MEMORY_64] = [0x0100_0000, 0x0200_0000, 0x0300_0000];
const BUS_BYTES = 0x10_0000;
const REQUESTERS = 0x1_0000;
const PINS = [0, 1, 2, 3];

/** The host bridge (Linux: Documentation/devicetree/bindings/pci/host-generic-pci.yaml). */
function pcie({ ecam, io, low, high, spi }: PcieWindows, { gic, its }: DeviceTreeConfig): TreeNode {
  const range = (kind: number, bus: number, { base, size }: AddressRange) => [kind, ...cells64(bus, base, size)];
  // Neighbours have their first pins on different lines: four of them, and then again.
  const routes = PINS.flatMap((slot) =>
    PINS.map((pin) => [slot << 11, 0, 0, pin + 1, phandles.gic, 0, 0, SPI, spi + ((pin + slot) % 4), LEVEL_HIGH]),
  );
  return node(at('pcie', low), {
    compatible: 'pci-host-ecam-generic',
    device_type: 'pci',
    '#address-cells': 3,
    '#size-cells': 2,
    'linux,pci-domain': 0,
    'bus-range': [0, ecam.size / BUS_BYTES - 1],
    'dma-coherent': true,
    reg: reg(ecam),
    ranges: [...range(PCI_IO, 0, io), ...range(PCI_MEMORY, low.base, low), ...range(PCI_MEMORY_64, high.base, high)],
    'msi-map': gic === 2 || its ? [0, phandles.msi, 0, REQUESTERS] : undefined,
    '#interrupt-cells': 1,
    'interrupt-map': routes.flat(),
    'interrupt-map-mask': [0x1800, 0, 0, 7],
  });
}
