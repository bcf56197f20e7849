import { resolve } from 'node:path';
import type { UserError } from '../../../emulator/base/user-error.ts';
import type { Problem } from '../../contract/index.ts';
import { problemError, readHandsetText, viewOf, viewText } from '../../services/handset/index.ts';
import { checkFile } from '../../services/lab/index.ts';
import { imageErrors } from '../../services/machines/load.ts';
import { ExitStatus } from '../failure.ts';

/**
 * `pocketvisor check`: every problem on a line of standard error, and what the machine will be; or one JSON object. Answers 0, or 2 when there
 * is an error.
 */
export function checkCommand(file: string, options: { json?: boolean }): number {
  const { problems: found, plan, lab } = checkFile(readHandsetText(file), file);
  const machines = plan ? [plan] : (lab?.machines ?? []).map((each) => each.plan);
  const problems = [...found, ...machines.flatMap(imageErrors).map((error) => problemOf(error, file))];
  const isRight = !problems.some(({ severity }) => severity === 'error');
  const machine = plan && isRight ? viewOf(plan) : undefined;
  const ok = isRight && (machine ?? lab) !== undefined;
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ok, file: resolve(file), problems, ...(machine ? { machine } : {}) })}\n`);
  } else {
    for (const problem of problems) process.stderr.write(`${line(problem)}\n`);
    if (ok) process.stdout.write(`${file}: ok\n${machine ? `\n${viewText(machine)}` : ''}`);
  }
  return ok ? ExitStatus.ok : ExitStatus.input;
}

/** An image is refused where the file names it. */
function problemOf({ code, message, hint, place }: UserError, file: string): Problem {
  const { line, column = 1 } = place ?? {};
  return {
    ...{ severity: 'error', code, message, file: place?.file ?? file },
    ...(hint ? { hint } : {}),
    ...(line ? { range: { line, column, endLine: line, endColumn: column } } : {}),
  };
}

function line(problem: Problem): string {
  const text = problemError(problem).toLine();
  return problem.severity === 'warning' ? `${text} [warning: ${problem.code}]` : `${text} [${problem.code}]`;
}
