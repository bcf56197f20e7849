/** Where `./pocketvisor` arrives. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { userFolders } from '../services/folders.ts';
import { ExitStatus, failureCode, printFailure } from './failure.ts';
import './launch.ts';

// Compiled modules are kept from run to run, here and in the worker: a third of the time to a guest's first instruction.
const { directory } = enableCompileCache(join(userFolders().cache, 'compiled'));
if (directory) process.env['NODE_COMPILE_CACHE'] ??= directory;

const [command, ...rest] = process.argv.slice(2);

try {
  if (command === 'qemu') {
    // QEMU's options are not in the form that the other commands have.
    const { qemuCommand } = await import('./qemu/command.ts');
    process.exitCode = await qemuCommand(rest);
  } else {
    const { runProgram } = await import('./program.ts');
    process.exitCode = await runProgram(process.argv.slice(2));
  }
} catch (error) {
  printFailure(error);
  process.exitCode = failureCode(error);
}
// What a failure left behind (a worker, an open terminal) must not keep the process, but what was written has to go out.
if (process.exitCode === ExitStatus.input || process.exitCode === ExitStatus.internal) flushThenExit(process.exitCode);

function flushThenExit(code: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}
