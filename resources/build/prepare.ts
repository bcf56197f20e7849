/** `npm ci` ends with this: what the command line needs is built, so that `./pocketvisor` starts at once. */
import { buildIfStale, commandLine, runtime } from './targets.ts';

if (!buildIfStale(runtime) || !buildIfStale(commandLine)) process.exitCode = 1;
