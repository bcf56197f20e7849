import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../resources/build/targets.ts';

export interface Workstation {
  /** With the token. */
  url: string;
  /** The user's folders, empty at the start. */
  home: string;
  close(): Promise<void>;
}

/** Starts `pocketvisor serve` for a user who has never used it. */
export async function serveWorkstation(...args: string[]): Promise<Workstation> {
  const home = mkdtempSync(join(tmpdir(), 'pocketvisor-home-'));
  const env = { ...process.env, XDG_CONFIG_HOME: join(home, 'config'), XDG_DATA_HOME: join(home, 'data') };
  const child = spawn(join(root, 'pocketvisor'), ['serve', ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const found = /http:\/\/\S+/.exec(output)?.[0];
      if (found) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void ended.then(() => reject(new Error(`pocketvisor serve ended: ${output}`)));
  });
  return {
    url,
    home,
    async close() {
      child.kill('SIGTERM');
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}
