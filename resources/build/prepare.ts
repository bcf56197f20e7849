/** `npm ci` ends with this: what the command line needs is built, so that `./pocketvisor` starts at once. */
import { buildIfStale, runtime } from './targets.ts';

if (!buildIfStale(runtime)) process.exitCode = 1;
