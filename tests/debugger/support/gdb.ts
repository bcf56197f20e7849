/** Debian's gdb-multiarch in batch mode: what it says to each command of a script. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Answer {
  readonly command: string;
  readonly text: string;
}

/** Stands for Ctrl-C while the next command waits for the guest. */
export const INTERRUPT_SOON = 'interrupt soon';

const MARK = '@@@';
const WALL_MS = 240_000;

/** Errors are answers as well: the script goes on. */
const prelude = `
set pagination off
set confirm off
set remotetimeout 60
set width 0
set style enabled off
set print thread-events off
set architecture aarch64
python
import gdb, os, threading
def attempt(command):
    print("${MARK}" + command)
    if command == "${INTERRUPT_SOON}":
        threading.Timer(1, lambda: os.kill(os.getpid(), 2)).start()
        return
    try:
        print(gdb.execute(command, to_string=True), end="")
    except gdb.error as error:
        print("error: " + str(error))
end
`;

/** Runs the commands at the debug server; `program` has the symbols. */
export async function gdb(socket: string, commands: readonly string[], program?: string): Promise<Answer[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-gdb-'));
  const script = join(folder, 'script');
  const all = [`target remote ${socket}`, ...commands];
  writeFileSync(script, prelude + all.map((command) => `python attempt(${JSON.stringify(command)})\n`).join(''));
  const child = spawn('gdb-multiarch', ['-batch', '-nx', '-x', script, ...(program ? [program] : [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const wall = setTimeout(() => child.kill('SIGKILL'), WALL_MS);
  await once(child, 'close');
  clearTimeout(wall);
  rmSync(folder, { recursive: true, force: true });
  const answers = text
    .split(MARK)
    .slice(1)
    .map((part): Answer => {
      const at = part.indexOf('\n');
      return { command: part.slice(0, at), text: part.slice(at + 1).trim() };
    });
  if (answers.length < all.length)
    throw new Error(`GDB stopped after ${answers.length} of ${all.length} commands:\n${text}\n${errors}`);
  return answers.slice(1);
}
