import { resolve } from 'node:path';
import type { Problem } from '../../contract/index.ts';
import { problemError, readHandsetText, viewOf, viewText } from '../../services/handset/index.ts';
import { checkFile } from '../../services/lab/index.ts';
import { ExitStatus } from '../failure.ts';

/**
 * `pocketvisor check`: every problem on a line of standard error, and what the machine will be; or one JSON object. Answers 0, or 2 when there
 * is an error.
 */
export function checkCommand(file: string, options: { json?: boolean }): number {
  const { problems, plan, lab } = checkFile(readHandsetText(file), file);
  const machine = plan && viewOf(plan);
  const ok = (machine ?? lab) !== undefined;
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ok, file: resolve(file), problems, ...(machine ? { machine } : {}) })}\n`);
  } else {
    for (const problem of problems) process.stderr.write(`${line(problem)}\n`);
    if (ok) process.stdout.write(`${file}: ok\n${machine ? `\n${viewText(machine)}` : ''}`);
  }
  return ok ? ExitStatus.ok : ExitStatus.input;
}

function line(problem: Problem): string {
  const text = problemError(problem).toLine();
  return problem.severity === 'warning' ? `${text} [warning: ${problem.code}]` : `${text} [${problem.code}]`;
}
