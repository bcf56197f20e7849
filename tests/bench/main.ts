/** `npm run bench`: builds what is stale, then `pocketvisor bench`. */
import { printFailure, failureCode } from '../../main/cli/failure.ts';
import { runProgram } from '../../main/cli/program.ts';
import { buildIfStale, commandLine, runtime } from '../../resources/build/targets.ts';

if (!buildIfStale(runtime) || !buildIfStale(commandLine)) {
  console.error('bench: the build failed (see above)');
  process.exit(1);
}
try {
  process.exitCode = await runProgram(['bench', ...process.argv.slice(2)]);
} catch (error) {
  printFailure(error);
  process.exitCode = failureCode(error);
}
