/** A guest that does something with its network and powers itself off, and the servers on loopback that it speaks to. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeCpio } from '../../../main/services/guests/cpio.ts';
import { leaseScript, script } from '../../../main/services/guests/initramfs.ts';
import { guestFile } from '../../support/guests.ts';
import { initrd } from './debian.ts';

const start = [
  ...['mount -t proc proc /proc', 'mount -t sysfs sysfs /sys', 'mount -t devtmpfs devtmpfs /dev'],
  ...['modules=/lib/modules/$(uname -r)', 'for name in $(cat $modules/load); do insmod $modules/$name; done'],
  'ip link set lo up',
];

/** Gets an address by DHCP. */
export const lease = 'udhcpc -i eth0 -n -q';

/** An initial RAM disk whose first process runs these lines with the network card's driver loaded, and then powers off. */
export function networkInitrd(folder: string, name: string, lines: readonly string[]): string {
  const added = writeCpio([script('init', [...start, ...lines, 'poweroff -f']), script(leaseScript.path, leaseScript.lines)]);
  const path = join(folder, `${name}.cpio.gz`);
  // Linux unpacks archives one after the other, and the last one counts.
  writeFileSync(path, Buffer.concat([readFileSync(guestFile(initrd) ?? ''), gzipSync(added)]));
  return path;
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export interface Service {
  readonly port: number;
  close(): void;
}

/** Gives random bytes by HTTP, after a while. */
export async function giver(size: number, delayMs = 0): Promise<Service & { readonly sha256: string }> {
  const bytes = randomBytes(size);
  const server = createHttpServer((_request, response) => void setTimeout(() => response.end(bytes), delayMs));
  return { ...(await listening(server)), sha256: sha256(bytes) };
}

/** Takes what one client sends until it ends, and says how much that was. */
export async function taker(): Promise<Service & { readonly received: Promise<Buffer> }> {
  const server = createServer({ allowHalfOpen: true });
  const received = once(server, 'connection').then(async ([socket]: Socket[]) => {
    const chunks: Buffer[] = [];
    for await (const chunk of socket!.iterator({ destroyOnReturn: false })) chunks.push(chunk as Buffer);
    const whole = Buffer.concat(chunks);
    socket!.end(`${whole.length} bytes\n`);
    return whole;
  });
  return { ...(await listening(server)), received };
}

async function listening(server: Server): Promise<Service> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}
