/** The machine in a thread of Node (worker_threads): takes MachineCommands, posts MachineEvents. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { parentPort } from 'node:worker_threads';
import type { Host } from '../base/host.ts';
import type { MachineCommand, MachineEvent } from '../machine/types.ts';
import { MachineSession } from '../machine/session.ts';

// Regions say which branches are hardly ever taken; V8 listens on demand only, and before the first module. 1.5 times on loops with
// memory accesses. An experiment of V8's, hence the switch.
if (process.env['POCKETVISOR_BRANCH_HINTS'] !== 'off') setFlagsFromString('--experimental-wasm-branch-hinting');

const host: Host = {
  nowMs: () => performance.now(),
  sha256: () => {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
  },
};

const port = parentPort;
if (port) {
  const runtime = readFileSync(new URL('../runtime/dist/runtime.wasm', import.meta.url));
  const session = new MachineSession(runtime, host, {
    post: (event: MachineEvent) => port.postMessage(event),
    later: (delayMs, act) => void (delayMs > 0 ? setTimeout(act, delayMs) : setImmediate(act)),
  });
  port.on('message', (command: MachineCommand) => session.take(command));
}
