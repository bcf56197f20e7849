import { UserError } from '../../base/user-error.ts';

/** Bytes that are put into RAM before the guest starts; `size` may be more than they are, and the rest is zeroed. */
export interface Piece {
  readonly name: string;
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly size: number;
}

export interface Ram {
  readonly base: number;
  readonly size: number;
}

export const KiB = 1024;
export const MiB = 1024 * KiB;

export const alignUp = (value: number, alignment: number) => Math.ceil(value / alignment) * alignment;
export const endOf = ({ address, size }: Piece) => address + size;

/** Refuses what leaves RAM, and pieces that lie over each other. */
export function checkPlacement(pieces: readonly Piece[], ram: Ram): void {
  const sorted = [...pieces].filter(({ size }) => size > 0).sort((a, b) => a.address - b.address);
  for (const [i, piece] of sorted.entries()) {
    if (piece.address < ram.base || endOf(piece) > ram.base + ram.size) {
      throw new UserError('boot-outside-ram', `${piece.name} takes ${range(piece)}, outside of RAM (${range(asPiece(ram))})`, {
        hint: piece.address < ram.base ? `RAM begins at ${hex(ram.base)}` : 'give the machine more memory',
      });
    }
    const next = sorted[i + 1];
    if (next && endOf(piece) > next.address) {
      throw new UserError('boot-overlap', `${piece.name} (${range(piece)}) lies over ${next.name} (${range(next)})`);
    }
  }
}

export const hex = (value: number) => `0x${value.toString(16)}`;
const range = (piece: Pick<Piece, 'address' | 'size'>) => `${hex(piece.address)}..${hex(piece.address + piece.size - 1)}`;
const asPiece = ({ base, size }: Ram) => ({ address: base, size });
