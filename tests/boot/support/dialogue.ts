/** A guest at a pipe, as a script has it: types at prompts, and reads. Images of other people's systems come with what is to be typed and read. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { root } from '../../../resources/build/targets.ts';
import { imageFolder } from './images.ts';

/** Patterns are looked for in order, `send` and `expect` each for itself. */
export interface Dialogue {
  /** Of `pocketvisor qemu`. */
  qemu: readonly string[];
  send: readonly (readonly [prompt: string, text: string])[];
  expect: readonly string[];
  reject?: readonly string[];
  /** The guest ends the run. */
  ends?: 'poweroff';
}

/** Text in which each pattern is looked for behind the match of the one before. */
class Reader {
  private at = 0;

  /** Whether the pattern is there; it is passed then. */
  find(pattern: string, text: string): boolean {
    const found = new RegExp(pattern, 'gm');
    found.lastIndex = this.at;
    if (!found.test(text)) return false;
    this.at = found.lastIndex;
    return true;
  }
}

const KEY_MS = 5;
const LOOK_MS = 20;

/** Holds it until everything was seen that is expected; fails where something is missing, or is there that must not be. */
export async function converse(dialogue: Dialogue, limitMs: number, folder = root): Promise<void> {
  const { qemu, ends, reject = [] } = dialogue;
  const started = performance.now();
  // By its shell, which becomes the process that is killed at the end.
  const child = spawn(join(root, 'pocketvisor'), ['qemu', ...qemu], { cwd: folder });
  let text = '';
  let errors = '';
  let ended = false;
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString('latin1').replaceAll('\r', '')));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.stdin.on('error', () => {});
  child.on('close', () => (ended = true));

  const [sent, seen] = [new Reader(), new Reader()];
  const [send, expected] = [[...dialogue.send], [...dialogue.expect]];
  const isDone = (): boolean => expected.length === 0 && (ends === undefined || ended);
  try {
    while (!isDone()) {
      const over = ended || performance.now() - started > limitMs;
      while (expected[0] !== undefined && seen.find(expected[0], text)) expected.shift();
      const [next] = send;
      if (next && sent.find(next[0], text)) {
        send.shift();
        for (const key of next[1]) {
          child.stdin.write(key);
          await sleep(KEY_MS);
        }
      }
      if (over) break;
      await sleep(LOOK_MS);
    }
  } finally {
    child.kill('SIGKILL');
  }
  const report = `${text.slice(-2000)}\n${errors}`;
  expect(expected, `never seen:\n${report}`).toEqual([]);
  expect(isDone(), `the guest did not end:\n${report}`).toBe(true);
  for (const pattern of reject) expect(text).not.toMatch(new RegExp(pattern, 'm'));
}

/** Runs an image by the QEMU command line that comes with it. */
export async function runImage(name: string, limitMs: number): Promise<void> {
  const folder = imageFolder(name) as string;
  await converse(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Dialogue, limitMs, folder);
}
