/** A broken invariant of our own: never a guest's or a user's mistake. `run` ends with exit code 5 on it. */
export class InternalError extends Error {
  override name = 'InternalError';
}

/** Throws an {@link InternalError} when `condition` does not hold. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InternalError(message);
}

/** Ends a switch over a union: reaching it is a compile error, and at run time an {@link InternalError}. */
export function assertNever(value: never): never {
  throw new InternalError(`unexpected value ${String(value)}`);
}
