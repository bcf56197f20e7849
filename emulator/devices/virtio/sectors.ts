/** Where the sectors of a drive are: in its image, or in what was written over it. */

export const SECTOR = 512;

/** Sectors that differ from an image, by number. None is changed in place, so that several may begin with the same. */
export type Overlay = Map<number, Uint8Array>;

export interface Sectors {
  /** Bytes from a sector on, `length` of them. */
  read(sector: number, length: number): Uint8Array;
  /** Lets `fill` put bytes there; false where it could not. */
  write(sector: number, length: number, fill: (into: Uint8Array) => boolean): boolean;
}

export function imageSectors(image: SharedArrayBuffer): Sectors {
  const bytes = new Uint8Array(image);
  const range = (sector: number, length: number): Uint8Array => bytes.subarray(sector * SECTOR, sector * SECTOR + length);
  return { read: range, write: (sector, length, fill) => fill(range(sector, length)) };
}

export function overlaidSectors(image: SharedArrayBuffer, overlay: Overlay): Sectors {
  const below = imageSectors(image);
  return {
    read(sector, length) {
      const bytes = below.read(sector, length).slice();
      for (let at = 0; at < length; at += SECTOR) {
        const own = overlay.get(sector + at / SECTOR);
        if (own) bytes.set(own, at);
      }
      return bytes;
    },
    write(sector, length, fill) {
      const bytes = new Uint8Array(length);
      if (!fill(bytes)) return false;
      for (let at = 0; at < length; at += SECTOR) overlay.set(sector + at / SECTOR, bytes.slice(at, at + SECTOR));
      return true;
    },
  };
}
