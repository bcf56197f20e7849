import { resolve } from 'node:path';
import type { Problem } from '../../contract/index.ts';
import { problemError, readHandsetText } from '../../services/handset/index.ts';
import { checkFile } from '../../services/lab/index.ts';
import { ExitStatus } from '../failure.ts';

/** `pocketvisor check`: every problem on a line of standard output, or one JSON object; answers 0, or 2 when there is an error. */
export function checkCommand(file: string, options: { json?: boolean }): number {
  const { problems } = checkFile(readHandsetText(file), file);
  const ok = problems.every(({ severity }) => severity !== 'error');
  if (options.json) process.stdout.write(`${JSON.stringify({ ok, file: resolve(file), problems })}\n`);
  else if (problems.length === 0) process.stdout.write(`${file}: ok\n`);
  else for (const problem of problems) process.stderr.write(`${line(problem)}\n`);
  return ok ? ExitStatus.ok : ExitStatus.input;
}

function line(problem: Problem): string {
  const text = problemError(problem).toLine();
  return problem.severity === 'warning' ? `${text} [warning: ${problem.code}]` : `${text} [${problem.code}]`;
}
