/** Files that describe what to run: a machine (a handset file), or several at switches (a lab file). */
import { UserError } from '../../../emulator/base/user-error.ts';
import type { BoardName } from '../../../emulator/machine/boards.ts';
import { problemError, readHandsetText } from '../handset/index.ts';
import type { MachinePlan } from '../machines/plan.ts';
import { checkFile, type CheckedFile } from './check.ts';

export { checkFile } from './check.ts';
export { fileJsonSchema } from './schema.ts';
export type { LabMachinePlan, LabPlan } from './plan.ts';

/** What a file describes, a machine on another board if one is given; throws its first error. */
export function readDescription(path: string, board?: BoardName): Pick<CheckedFile, 'plan' | 'lab'> {
  const checked = checkFile(readHandsetText(path), path, board);
  const error = checked.problems.find(({ severity }) => severity === 'error');
  if (error) throw problemError(error);
  return checked;
}

/** The machine that a file describes; throws its first error, and for a lab. */
export function readMachine(path: string): MachinePlan {
  const { plan } = readDescription(path);
  if (plan) return plan;
  throw new UserError('is-a-lab', `${path} is a lab of several machines`, { hint: `pocketvisor run ${path}` });
}
