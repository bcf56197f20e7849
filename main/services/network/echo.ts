import { spawn } from 'node:child_process';
import { isIPv4 } from 'node:net';

const SECONDS = 5;
/** More data than that is not sent: the answer would be that of fragments. */
const MAX_BYTES = 1472;

/** Asks another host for an echo by the system's `ping`, since sockets of ICMP are not to be had; false where there is no answer or no `ping`. */
export function echo(address: string, bytes: number): Promise<boolean> {
  if (!isIPv4(address)) return Promise.resolve(false);
  const count = String(Math.min(bytes, MAX_BYTES));
  return new Promise((resolve) => {
    const child = spawn('ping', ['-n', '-c', '1', '-s', count, address], { stdio: 'ignore', timeout: SECONDS * 1000 });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
}
