/** Archives of Linux's initial RAM disk: cpio in its `newc` form (Documentation/driver-api/early-userspace/buffer-format.rst). */

export type CpioEntry =
  | { kind: 'folder'; path: string }
  | { kind: 'file'; path: string; bytes: Uint8Array; executable?: boolean }
  | { kind: 'link'; path: string; target: string };

const modes = { folder: 0o40755, file: 0o100644, program: 0o100755, link: 0o120777 };

/** The archive; equal entries give equal bytes: sorted, owned by root, without dates. Folders that paths need are added. */
export function writeCpio(entries: readonly CpioEntry[]): Buffer {
  const all = withFolders(entries).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const parts = all.flatMap((entry, index) =>
    record(index + 1, entry.path, modeOf(entry), contentOf(entry), entry.kind === 'folder'),
  );
  parts.push(...record(0, 'TRAILER!!!', 0, new Uint8Array(), false));
  return Buffer.concat(parts);
}

function withFolders(entries: readonly CpioEntry[]): CpioEntry[] {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  for (const { path } of entries) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at);
      if (!byPath.has(folder)) byPath.set(folder, { kind: 'folder', path: folder });
    }
  }
  return [...byPath.values()];
}

function modeOf(entry: CpioEntry): number {
  return entry.kind === 'file' && entry.executable ? modes.program : modes[entry.kind];
}

function contentOf(entry: CpioEntry): Uint8Array {
  if (entry.kind === 'file') return entry.bytes;
  return new TextEncoder().encode(entry.kind === 'link' ? entry.target : '');
}

function record(inode: number, path: string, mode: number, content: Uint8Array, folder: boolean): Uint8Array[] {
  const name = Buffer.from(`${path}\0`);
  // inode, mode, uid, gid, links, mtime, size, device (major, minor), device of the file (major, minor), size of the name, check
  const fields = [inode, mode, 0, 0, folder ? 2 : 1, 0, content.length, 0, 0, 0, 0, name.length, 0];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return [header, name, padding(header.length + name.length), content, padding(content.length)];
}

function padding(length: number): Uint8Array {
  return new Uint8Array(-length & 3);
}

/** Archives behind each other, packed or not: each begins at a multiple of 4 bytes (Linux: init/initramfs.c). */
export function joinArchives(archives: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [only] = archives;
  if (only && archives.length === 1) return only;
  return Uint8Array.from(Buffer.concat(archives.flatMap((bytes) => [bytes, Buffer.alloc(-bytes.length & 3)])));
}
