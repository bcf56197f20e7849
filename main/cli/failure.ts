import { UserError } from '../../emulator/base/user-error.ts';

/** The exit codes of COMMANDS: scripts rely on them. */
export const ExitStatus = {
  ok: 0,
  failed: 1,
  input: 2,
  timeout: 3,
  guestFault: 4,
  internal: 5,
  /** 128 + SIGINT and 128 + SIGPIPE, as shells have them. */
  interrupted: 130,
  brokenPipe: 141,
} as const;

export function failureCode(error: unknown): number {
  return error instanceof UserError ? ExitStatus.input : ExitStatus.internal;
}

/** A user's mistake is one line; a fault of ours comes with its stack. */
export function printFailure(error: unknown): void {
  if (error instanceof UserError) {
    // With a place the line has the form that editors and CI recognise.
    process.stderr.write(`${error.place ? '' : 'pocketvisor: '}${error.toLine()}\n`);
  } else {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`pocketvisor: internal error: ${text}\n`);
  }
}

/** A mistake in an option of the command line. */
export function optionError(option: string, message: string, hint?: string): UserError {
  return new UserError('bad-option', `${option}: ${message}`, hint ? { hint } : {});
}
