import type { Dma } from '../devices/device.ts';

/** Memory of the board that a cell has, at its intermediate addresses. */
export interface Piece {
  readonly ipa: number;
  readonly pa: number;
  readonly size: number;
  readonly writable: boolean;
  readonly executable: boolean;
}

/** A cell's memory as its devices and loaders reach it: nothing else is there for them. */
export class CellMemory implements Dma {
  readonly pieces: readonly Piece[];
  private readonly ram: Dma;

  constructor(ram: Dma, pieces: readonly Piece[]) {
    this.ram = ram;
    this.pieces = pieces;
  }

  read(ipa: number, into: Uint8Array): boolean {
    const piece = this.find(ipa, into.length);
    return piece !== undefined && this.ram.read(piece.pa + (ipa - piece.ipa), into);
  }

  write(ipa: number, from: Uint8Array): boolean {
    const piece = this.find(ipa, from.length);
    return piece !== undefined && piece.writable && this.ram.write(piece.pa + (ipa - piece.ipa), from);
  }

  private find(ipa: number, length: number): Piece | undefined {
    return this.pieces.find((piece) => ipa >= piece.ipa && ipa + length <= piece.ipa + piece.size);
  }
}
