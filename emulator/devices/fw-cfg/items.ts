import { encodeUtf8 } from '../../base/utf8.ts';

/** A named item. Those with `onWrite` may be written by the guest, whole or in part. */
export interface FwCfgFile {
  name: string;
  bytes: Uint8Array;
  /** Called with all of it, also when a snapshot is put in its place. */
  onWrite?(bytes: Uint8Array): void;
}

export interface FwCfgContents {
  cpus: number;
  /** What firmware boots, when a kernel is given beside it. */
  kernel?: Uint8Array | undefined;
  initrd?: Uint8Array | undefined;
  append?: string | undefined;
  files?: readonly FwCfgFile[];
}

export type Item = Pick<FwCfgFile, 'bytes' | 'onWrite'>;

/** Keys of items (QEMU docs/specs/fw_cfg.rst and include/standard-headers/linux/qemu_fw_cfg.h by its numbers). */
const key = {
  SIGNATURE: 0x00,
  ID: 0x01,
  UUID: 0x02,
  NOGRAPHIC: 0x04,
  NB_CPUS: 0x05,
  KERNEL_SIZE: 0x08,
  INITRD_SIZE: 0x0b,
  BOOT_MENU: 0x0e,
  KERNEL_DATA: 0x11,
  INITRD_DATA: 0x12,
  CMDLINE_SIZE: 0x14,
  CMDLINE_DATA: 0x15,
  FILE_DIR: 0x19,
  FILE_FIRST: 0x20,
} as const;

/** Bit 0: reading by selector and data register; bit 1: DMA. */
const ID = 3;
const FILE_NAME_BYTES = 56;

/** All items by key. */
export function fwCfgItems({ cpus, kernel, initrd, append, files = [] }: FwCfgContents): Map<number, Item> {
  const items = new Map<number, Item>();
  const put = (at: number, bytes: Uint8Array) => items.set(at, { bytes });
  const putSized = (sizeKey: number, dataKey: number, bytes: Uint8Array) => {
    put(sizeKey, littleEndian(bytes.length, 4));
    put(dataKey, bytes);
  };
  put(key.SIGNATURE, encodeUtf8('QEMU'));
  put(key.ID, littleEndian(ID, 4));
  put(key.UUID, new Uint8Array(16));
  put(key.NOGRAPHIC, littleEndian(1, 2));
  put(key.BOOT_MENU, littleEndian(0, 2));
  put(key.NB_CPUS, littleEndian(cpus, 2));
  if (kernel) putSized(key.KERNEL_SIZE, key.KERNEL_DATA, kernel);
  if (kernel && initrd) putSized(key.INITRD_SIZE, key.INITRD_DATA, initrd);
  if (kernel && append) putSized(key.CMDLINE_SIZE, key.CMDLINE_DATA, encodeUtf8(append + '\0'));

  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  put(key.FILE_DIR, directory(sorted));
  sorted.forEach((file, i) => items.set(key.FILE_FIRST + i, file));
  return items;
}

/** The number of files, and for each its size, key and name; numbers are big-endian. */
function directory(files: readonly FwCfgFile[]): Uint8Array {
  const entryBytes = 8 + FILE_NAME_BYTES;
  const bytes = new Uint8Array(4 + files.length * entryBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, files.length);
  files.forEach(({ name, bytes: contents }, i) => {
    const at = 4 + i * entryBytes;
    view.setUint32(at, contents.length);
    view.setUint16(at + 4, key.FILE_FIRST + i);
    bytes.set(encodeUtf8(name).subarray(0, FILE_NAME_BYTES - 1), at + 8);
  });
  return bytes;
}

function littleEndian(value: number, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => value >>> (8 * i));
}
