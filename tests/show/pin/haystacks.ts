/** Everything of a cell in which a secret could be. */
import type { DeviceValue } from '../../../emulator/devices/device.ts';
import type { Machine } from '../../../emulator/machine/machine.ts';

/** Its RAM as far as it was touched, pages in order. */
export function memoryOf(machine: Machine, cell: string): Buffer {
  const { hosted, ram } = machine.hardware;
  const pieces = hosted!.cells.find(({ config }) => config.name === cell)!.memory.pieces;
  const pages: Uint8Array[] = [];
  ram.touched((pa, bytes) => {
    if (pieces.some((piece) => pa >= piece.pa && pa < piece.pa + piece.size)) pages.push(bytes);
  });
  return Buffer.concat(pages);
}

/** What its devices, virtual CPUs and interrupt controller save, in each form that numbers may have had. */
export function stateOf(machine: Machine, cell: string): Buffer {
  const saved = machine.hardware.hosted!.hypervisor.save().find(([name]) => name === `cell ${cell}`)![1];
  return Buffer.concat(bytesOf(saved));
}

function bytesOf(value: DeviceValue): Buffer[] {
  if (typeof value === 'string') return [Buffer.from(value, 'latin1')];
  if (value instanceof Uint8Array) return [Buffer.from(value)];
  if (Array.isArray(value)) {
    const numbers = value.filter((one) => typeof one === 'number');
    const forms = [Uint8Array.from(numbers), Uint16Array.from(numbers), Int32Array.from(numbers)];
    return [
      ...forms.map((form) => Buffer.from(form.buffer)),
      ...value.flatMap((one) => (typeof one === 'number' ? [] : bytesOf(one))),
    ];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(bytesOf) : [];
}
