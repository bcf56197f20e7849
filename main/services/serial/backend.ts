import type { PciPlace } from '../../../emulator/machine/types.ts';
import type { FileRef } from '../machines/file-ref.ts';

/** What a serial line of a machine is connected to on the host. */
export type Backend =
  | { kind: 'stdio' }
  | { kind: 'null' }
  /** What the guest writes goes to `path`; what it reads is what `input` has. */
  | { kind: 'file'; path: string; input?: FileRef }
  | {
      kind: 'socket';
      address: SocketAddress;
      server: boolean;
      /** A server: nothing runs before somebody has connected. */ wait: boolean;
    };

export type SocketAddress = { path: string } | { host: string; port: number };

export const describeSocket = (address: SocketAddress): string =>
  'path' in address ? address.path : `${address.host}:${address.port}`;

/** A port of a virtio console device, before its files are read. */
export interface PortPlan {
  id: number;
  name?: string;
  isConsole: boolean;
  backend: Backend;
}

export interface SerialPlan {
  maxPorts: number;
  ports: PortPlan[];
  pci?: PciPlace;
}

/** Of virtio's ports; one more than that many, as port 0 is for a console. */
export const maxPorts = 31;

/** The numbers of ports that are given in order: the first console is 0, all else counts from 1. */
export function numberPorts(ports: readonly Omit<PortPlan, 'id'>[]): PortPlan[] {
  const first = ports.findIndex(({ isConsole }) => isConsole);
  let next = 1;
  return ports.map((port, index) => ({ ...port, id: index === first ? 0 : next++ }));
}

/** The lines of a machine in the order of their streams (emulator/machine/types.ts), behind the board's UART: a name for a person, and the port. */
export function linesOf(serial: readonly SerialPlan[] = []): { name: string; port: PortPlan }[] {
  let consoles = 0;
  return serial.flatMap(({ ports }) =>
    ports.map((port) => ({ port, name: port.isConsole ? `hvc${consoles++}` : (port.name ?? `port${port.id}`) })),
  );
}
