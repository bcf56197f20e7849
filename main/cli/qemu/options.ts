/** QEMU's options that are known: one row each. */
import { parseDebugAddress } from '../../services/debugger/address.ts';
import { parseNumber, parseSize } from '../../services/handset/units.ts';
import { cpusProblem, memoryProblem } from '../../services/machines/plan.ts';
import { optionError } from '../failure.ts';
import type { QemuCommandLine } from './command-line.ts';
import { addDevice } from './devices.ts';
import { addDrive } from './drives.ts';
import { addNetdev, addNic } from './network.ts';
import { Properties } from './properties.ts';
import { addChardev } from './serial.ts';
import { addAudiodev } from './sound.ts';

type Flag = (line: QemuCommandLine) => void;
type Option = (line: QemuCommandLine, value: string) => void;

/** What asks for nothing that is not so anyway. */
const asItIs = () => {};

export const flags: Record<string, Flag> = {
  nographic: asItIs,
  nodefaults: asItIs,
  'no-user-config': asItIs,
  'no-reboot': (line) => void (line.plan.settings.noReboot = true),
  snapshot: (line) => void (line.snapshot = true),
  s: (line) => setGdb(line, 'tcp::1234'),
  S: (line) => void (line.paused = true),
  semihosting: later('-semihosting', 'semihosting'),
};

export const options: Record<string, Option> = {
  M: setMachine,
  machine: setMachine,
  cpu: setCpu,
  smp: setCpus,
  m: setMemory,
  kernel: (line, path) => void (line.plan.kernel = { path, role: '-kernel' }),
  initrd: (line, path) => void (line.plan.initrd = [{ path, role: '-initrd' }]),
  append: (line, text) => void (line.plan.append = text),
  dtb: (line, path) => void (line.plan.dtb = { path, role: '-dtb' }),
  bios: (line, path) => void (line.plan.bios = { path, role: '-bios' }),
  drive: addDrive,
  device: addDevice,
  accel: (_line, value) => setAccelerator('-accel', value),
  // Time is always that of the instructions.
  icount: asItIs,
  global: setGlobal,
  serial: setSerial,
  chardev: addChardev,
  audiodev: addAudiodev,
  nic: addNic,
  netdev: addNetdev,
  net: only('-net', ['none'], 'only -nic, -netdev and -device are known'),
  display: only('-display', ['none'], 'the window belongs to pocketvisor serve'),
  vga: only('-vga', ['none'], 'there is no VGA'),
  monitor: only('-monitor', ['none', 'null'], 'the monitor is behind Ctrl-A c'),
  mon: asItIs,
  parallel: only('-parallel', ['none', 'null'], 'there is no parallel port'),
  name: asItIs,
  gdb: setGdb,
  'semihosting-config': later('-semihosting-config', 'semihosting'),
};

function setMachine(line: QemuCommandLine, value: string): void {
  const option = '-M';
  const properties = new Properties(option, value, 'type');
  const type = properties.take('type');
  if (type !== undefined) {
    if (!/^virt(-\d+\.\d+)?$/.test(type)) throw optionError(option, `the machine ${type} is not supported`, '-M virt');
    line.machineGiven = true;
  }
  const gic = properties.take('gic-version');
  if (gic !== undefined) {
    const version = { '2': 2, '3': 3, max: 3 }[gic] as 2 | 3 | undefined;
    if (!version) throw optionError(option, `gic-version=${gic} is not supported`, '2, 3 or max');
    line.plan.settings.gic = version;
  }
  line.plan.settings.its = properties.takeSwitch('its', line.plan.settings.its ?? true);
  if (properties.takeSwitch('virtualization')) line.plan.settings.el = 2;
  if (properties.takeSwitch('secure')) throw optionError(option, 'secure=on is not available in this version');
  const accelerator = properties.take('accel');
  if (accelerator !== undefined) setAccelerator(option, accelerator);
  properties.end();
}

function setCpu(line: QemuCommandLine, value: string): void {
  const properties = new Properties('-cpu', value, 'model');
  const model = properties.takeRequired('model');
  const known = ['cortex-a53', 'cortex-a57', 'cortex-a72', 'max'] as const;
  const found = known.find((name) => name === model);
  if (!found) throw optionError('-cpu', `${model} is not supported`, `one of: ${known.join(', ')}`);
  line.plan.settings.cpu = found;
  properties.end();
}

/** `-smp 4`, `-smp cpus=4,sockets=1,cores=4,threads=1`. */
function setCpus(line: QemuCommandLine, value: string): void {
  const option = '-smp';
  const properties = new Properties(option, value, 'cpus');
  const count = (key: string) => {
    const text = properties.take(key);
    if (text === undefined) return undefined;
    const number = parseNumber(text);
    if (number === undefined) throw optionError(option, `${key}=${text} is not a number`);
    return number;
  };
  const given = count('cpus');
  const topology = ['sockets', 'dies', 'clusters', 'cores', 'threads'].map(count);
  const product = topology.reduce<number>((all, part) => all * (part ?? 1), 1);
  const cpus = given ?? product;
  const most = count('maxcpus') ?? cpus;
  properties.end();
  const problem = cpusProblem(cpus, 'virt');
  if (problem) throw optionError(option, problem.message, problem.hint);
  if (most !== cpus) throw optionError(option, 'cores cannot be added to a running machine: maxcpus has to be cpus');
  line.plan.settings.cpus = cpus;
}

/** `-m 512` counts MiB. */
function setMemory(line: QemuCommandLine, value: string): void {
  const properties = new Properties('-m', value, 'size');
  const text = properties.takeRequired('size');
  const bytes = parseSize(text, 2 ** 20);
  properties.end();
  if (bytes === undefined) throw optionError('-m', `${JSON.stringify(text)} is not a size`, '512 or 1G');
  const problem = memoryProblem(bytes, 'virt');
  if (problem) throw optionError('-m', problem.message, problem.hint);
  line.plan.settings.memory = bytes;
}

function setAccelerator(option: string, value: string): void {
  const [kind] = value.split(/[,:]/);
  if (kind !== 'tcg') throw optionError(option, `the accelerator ${value} is not supported`, 'tcg');
}

/** `-global virtio-mmio.force-legacy=false`: virtio devices are those of version 1.0. */
function setGlobal(line: QemuCommandLine, value: string): void {
  const match = /^virtio-mmio\.force-legacy=(\w+)$/.exec(value);
  if (!match) throw optionError('-global', `${value} is not supported`, 'virtio-mmio.force-legacy=false');
  line.plan.settings.legacyVirtio = !['false', 'off', 'no'].includes(match[1]!);
}

function setSerial(line: QemuCommandLine, value: string): void {
  if (line.serial !== undefined) throw optionError('-serial', 'only one serial port is available');
  line.serial = value;
}

/** `tcp:[HOST]:PORT` or `unix:PATH`, with what QEMU says anyway behind it. */
function setGdb(line: QemuCommandLine, value: string): void {
  const [where = '', ...properties] = value.split(',');
  const path = /^unix:(.+)$/.exec(where)?.[1];
  const tcp = /^tcp:(.*)$/.exec(where)?.[1];
  const address = path === undefined ? parseDebugAddress(tcp?.replace(/^:/, '') ?? '') : { path };
  const hint = 'tcp::1234 or unix:PATH';
  if (value === 'none') return void delete line.gdb;
  if (!address) throw optionError('-gdb', `${where} is not supported`, hint);
  for (const property of properties) {
    if (!/^(server|server=on|nowait|wait=off|nodelay|nodelay=on)$/.test(property)) {
      throw optionError('-gdb', `${property} is not supported`, `${hint}; server=on,wait=off`);
    }
  }
  line.gdb = address;
}

function only(option: string, values: readonly string[], otherwise: string): Option {
  return (_line, value) => {
    if (!values.includes(value)) throw optionError(option, `${value}: ${otherwise}`, values.join(' or '));
  };
}

function later(option: string, what: string): () => never {
  return () => {
    throw optionError(option, `${what} is not available in this version`);
  };
}
