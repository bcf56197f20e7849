/** `npm run bench`: `pocketvisor bench` with the history beside the sources. */
import { join } from 'node:path';
import { printFailure, failureCode } from '../../main/cli/failure.ts';
import { runProgram } from '../../main/cli/program.ts';
import { root } from '../../resources/build/targets.ts';

try {
  const history = join(root, '.cache/bench.jsonl');
  process.exitCode = await runProgram(['bench', '--history', history, ...process.argv.slice(2)]);
} catch (error) {
  printFailure(error);
  process.exitCode = failureCode(error);
}
