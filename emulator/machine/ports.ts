import { createVirtioConsole, type VirtioConsole } from '../devices/virtio/console/console.ts';
import type { PortConfig, PortChange, SerialConfig } from './types.ts';

/** What ports tell, by the number of their stream. */
export interface PortListener {
  onOutput(stream: number, bytes: Uint8Array): void;
  onTaken(stream: number, count: number): void;
}

/** The ports of a machine's virtio consoles as streams: numbered from 1 on, device by device. */
export interface Ports {
  readonly devices: readonly VirtioConsole[];
  isConsole(stream: number): boolean;
  receive(stream: number, bytes: Uint8Array): void;
  change(stream: number, change: PortChange): void;
}

export function buildPorts(serial: readonly SerialConfig[], listener: PortListener): Ports {
  const streams: { readonly device: number; readonly port: PortConfig }[] = [];
  const devices = serial.map(({ maxPorts, ports }, device) => {
    const first = streams.length + 1;
    streams.push(...ports.map((port) => ({ device, port })));
    const streamOf = (id: number): number => first + ports.findIndex((port) => port.id === id);
    return createVirtioConsole({
      maxPorts,
      ports,
      onOutput: (id, bytes) => listener.onOutput(streamOf(id), bytes),
      onTaken: (id, count) => listener.onTaken(streamOf(id), count),
    });
  });
  const act = (stream: number, what: (device: VirtioConsole, id: number) => void): void => {
    const found = streams[stream - 1];
    if (found) what(devices[found.device] as VirtioConsole, found.port.id);
  };
  return {
    devices,
    isConsole: (stream) => streams[stream - 1]?.port.isConsole === true,
    receive: (stream, bytes) => act(stream, (device, id) => device.receive(id, bytes)),
    change: (stream, change) =>
      act(stream, (device, id) => ('open' in change ? device.setOpen(id, change.open) : device.setHeld(id, change.held))),
  };
}
