/** When the command was given. */

const told = process.env['POCKETVISOR_LAUNCHED_MS'];
// For this process alone, not for those that it starts.
delete process.env['POCKETVISOR_LAUNCHED_MS'];

/**
 * Milliseconds since 1970 at which the first Node of this command started: this process, or the one that started it by
 * `node pocketvisor`. What comes before (the shell's few lines, loading Node's binary) is some milliseconds more.
 */
export const launchedMs: number = Number(told) || performance.timeOrigin;
