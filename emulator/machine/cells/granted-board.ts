import { equipped, type Board, type BoardDevice, type DeviceKind } from '../../boards/board.ts';
import { boards, type BoardName } from '../../boards/index.ts';
import type { CellDevice } from '../../hypervisor/config.ts';

type Kind = CellDevice['kind'];
const kinds: Partial<Record<Kind, DeviceKind>> = { uart: 'pl011', rtc: 'pl031', ramfb: 'fw-cfg' };
/** In the order in which `buildDevices` has them. */
const virtioKinds: readonly Kind[] = ['block', 'served-disk', 'rng', 'net', 'gpu', 'input'];
/** Not of the board: where none has anything, in the second MiB of QEMU's platform bus. */
const ofHypervisor: readonly (BoardDevice & { readonly kind: Kind })[] = [
  { kind: 'screen-control', name: 'screen-control', base: 0x0c10_0000, size: 0x1000, spi: 113 },
  { kind: 'disk-server', name: 'disk-server', base: 0x0c11_0000, size: 0x1000, spi: 114 },
];

/** The board that a cell seems to have: this one, or one with the addresses and interrupts of another. Clocks and timers stay what they are. */
export function boardOfCell(board: Board, map: string | undefined): Board {
  if (map === undefined || map === board.name) return board;
  const { clockHz, counterHz, costs, ppis, gicVersion } = board;
  return { ...equipped(boards[map as BoardName], { radio: true }), clockHz, counterHz, costs, ppis, gicVersion };
}

/** That board as a cell sees it: with the devices that it is granted, and without messages for interrupts. As on the board, the last of the virtio slots are taken first. */
export function grantedBoard(board: Board, devices: readonly { readonly kind: Kind; readonly name?: string }[]): Board {
  const granted = new Set(devices.flatMap(({ kind }) => kinds[kind] ?? []));
  const named = new Set(devices.flatMap(({ kind, name }) => (kind === 'board' ? [name] : [])));
  const count = inSlots(devices).length;
  const slots = board.devices.filter(({ kind }) => kind === 'virtio-mmio');
  const taken = new Set<BoardDevice>(slots.slice(slots.length - count));
  const has = (device: BoardDevice): boolean => granted.has(device.kind) || named.has(device.name) || taken.has(device);
  const { pcie: _, ...rest } = board;
  const { v2m: _frame, its: _its, ...gic } = board.gic;
  const own = ofHypervisor.filter((device) => devices.some(({ kind }) => kind === device.kind));
  return { ...rest, gic, devices: [...board.devices.filter(has), ...own] };
}

/** The virtio devices of a cell in the order in which they take slots, from the last one down. */
export function inSlots<T extends { readonly kind: Kind }>(devices: readonly T[]): T[] {
  return virtioKinds.flatMap((kind) => devices.filter((device) => device.kind === kind));
}
