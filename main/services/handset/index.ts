/** The handset file (YAML): checked with places, and translated to a machine. */
import { readFileSync } from 'node:fs';
import { UserError } from '../../../emulator/base/user-error.ts';
import type { BoardName } from '../../../emulator/machine/boards.ts';
import type { Problem } from '../../contract/index.ts';
import { fileReason } from '../host-files.ts';
import type { MachinePlan } from '../machines/plan.ts';
import { checkHandset } from './check.ts';

export { checkHandset, describeHandset, moveHandset, type CheckedHandset } from './check.ts';
export { handsetJsonSchema } from './schema.ts';
export { viewText } from './view/text.ts';
export { viewOf } from './view/view.ts';

/** The machine that a handset file describes, on another board if one is given; throws its first error. */
export function readHandsetPlan(path: string, board?: BoardName): MachinePlan {
  return requirePlan(checkHandset(readHandsetText(path), path, board));
}

export function requirePlan({ plan, problems }: { plan?: MachinePlan; problems: Problem[] }): MachinePlan {
  if (plan) return plan;
  throw problemError(problems.find(({ severity }) => severity === 'error')!);
}

export function problemError({ code, message, hint, file, range }: Problem): UserError {
  return new UserError(code, message, {
    place: range ? { file, line: range.line, column: range.column } : { file },
    ...(hint ? { hint } : {}),
  });
}

export function readHandsetText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError('missing-file', `${path}: ${fileReason(error, 'r')}`);
  }
}
