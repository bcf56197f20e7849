import type { PciPlace } from '../../../emulator/machine/types.ts';
import { parseNumber } from '../../services/handset/units.ts';
import { maxPorts, type Backend, type PortPlan, type SerialPlan } from '../../services/serial/backend.ts';
import { optionError } from '../failure.ts';
import { parseBackend, takeBackend } from '../serial-options.ts';
import type { QemuCommandLine, QemuPort } from './command-line.ts';
import { Properties } from './properties.ts';

/** `-chardev stdio,id=I,mux=on`, `-chardev file,id=I,path=F`, `-chardev socket,id=I,path=P,server=on,wait=off`, `-chardev null,id=I`. */
export function addChardev(line: QemuCommandLine, value: string): void {
  const option = '-chardev';
  const properties = new Properties(option, value, 'backend');
  const kind = properties.takeRequired('backend');
  const id = properties.takeRequired('id');
  if (line.chardevs.has(id)) throw optionError(option, `id=${id} is given twice`);
  line.chardevs.set(id, takeBackend(option, kind, properties));
  properties.ignore('mux', 'signal');
  properties.end();
}

/** `-device virtio-serial-device,id=I,max_ports=N`, or `-pci`. */
export function addSerialDevice(line: QemuCommandLine, properties: Properties, option: string, pci?: PciPlace): void {
  const most = takeNumber(option, properties, 'max_ports') ?? maxPorts;
  if (most < 1 || most > maxPorts) throw optionError(option, `max_ports=${most}: 1 to ${maxPorts}`);
  line.serialDevices.push({ id: properties.take('id'), maxPorts: most, ports: [], pci });
}

/** `-device virtconsole,chardev=C` and `-device virtserialport,chardev=C,name=N`, on the device that `bus` names or the last one. */
export function addPort(line: QemuCommandLine, properties: Properties, isConsole: boolean): void {
  const option = `-device ${isConsole ? 'virtconsole' : 'virtserialport'}`;
  const bus = properties.take('bus');
  const device = bus === undefined ? line.serialDevices.at(-1) : line.serialDevices.find(({ id }) => bus === `${id}.0`);
  if (!device) {
    const what = bus === undefined ? 'there is no device for it' : `there is no bus ${bus}`;
    throw optionError(option, what, '-device virtio-serial-device before it');
  }
  const number = takeNumber(option, properties, 'nr');
  const [name, chardev] = [properties.take('name'), properties.take('chardev')];
  device.ports.push({
    isConsole,
    ...(name === undefined ? {} : { name }),
    ...(number === undefined ? {} : { number }),
    ...(chardev === undefined ? {} : { chardev }),
  });
}

/** Once all options are read: numbers ports and connects them. */
export function finishSerial(line: QemuCommandLine): void {
  const used = new Set<string>();
  const serial = line.serialDevices.map(({ maxPorts, ports, pci }): SerialPlan => ({
    maxPorts,
    ports: number(ports, maxPorts, line, used),
    ...(pci ? { pci } : {}),
  }));
  if (serial.length > 0) line.plan.serial = serial;
}

function number(ports: readonly QemuPort[], most: number, line: QemuCommandLine, used: Set<string>): PortPlan[] {
  const taken = new Set(ports.flatMap(({ number }) => number ?? []));
  return ports.map(({ isConsole, name, number, chardev }) => {
    const option = `-device ${isConsole ? 'virtconsole' : 'virtserialport'}`;
    // As on QEMU, 0 is for a console.
    let id = number ?? (isConsole ? 0 : 1);
    if (number === undefined) while (taken.has(id)) id++;
    taken.add(id);
    if (id === 0 && !isConsole) throw optionError(option, 'nr=0 is for a virtconsole', 'nr=1');
    if (id >= most) throw optionError(option, `nr=${id}: the device has ${most} ports`, 'max_ports=31');
    return { id, isConsole, backend: backendOf(option, line, chardev, used), ...(name === undefined ? {} : { name }) };
  });
}

function backendOf(option: string, line: QemuCommandLine, chardev: string | undefined, used: Set<string>): Backend {
  if (chardev === undefined) return { kind: 'null' };
  const backend = line.chardevs.get(chardev);
  if (!backend) throw optionError(option, `there is no -chardev with id=${chardev}`);
  if (used.has(chardev) && backend.kind !== 'stdio') throw optionError(option, `the -chardev ${chardev} is in use already`);
  used.add(chardev);
  return backend;
}

/**
 * What the board's UART is connected to. As with `-nographic`, with no word about it that is standard input and output, unless a virtconsole
 * has those.
 */
export function uartBackend({ serial, chardevs, plan }: QemuCommandLine): Backend {
  if (serial === undefined) {
    const isTaken = (plan.serial ?? []).some(({ ports }) => ports.some(({ backend }) => backend.kind === 'stdio'));
    return { kind: isTaken ? 'null' : 'stdio' };
  }
  const id = /^chardev:(.*)$/.exec(serial)?.[1];
  const backend = id === undefined ? parseBackend('-serial', serial) : chardevs.get(id);
  if (backend) return backend;
  if (id !== undefined) throw optionError('-serial', `${serial}: there is no -chardev with id=${id}`);
  throw optionError('-serial', `${serial} is not supported`, 'stdio, mon:stdio, file:F, unix:PATH, tcp:HOST:PORT, null or none');
}

function takeNumber(option: string, properties: Properties, key: string): number | undefined {
  const text = properties.take(key);
  if (text === undefined) return undefined;
  const value = parseNumber(text);
  if (value === undefined) throw optionError(option, `${key}=${text} is not a number`);
  return value;
}
