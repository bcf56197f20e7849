/** The command line, once it is loaded: from its sources, or from the bundle that was made of them. */
import { ExitStatus, failureCode, printFailure } from './failure.ts';
import './launch.ts';
import { startAhead } from '../services/machines/threads.ts';

const [command = '', ...rest] = process.argv.slice(2);
// The thread of the machine loads its modules while this one loads its own.
if (['run', 'qemu', 'screenshot'].includes(command)) startAhead('node');

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
