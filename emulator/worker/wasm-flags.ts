/** Settings of V8 for generated code; of the whole process, and to be imported before the first module is compiled. */
import { setFlagsFromString } from 'node:v8';

// Regions say which branches are hardly ever taken; V8 listens on demand only, and before the first module. 1.5 times on loops with
// memory accesses. An experiment of V8's, hence the switch.
if (process.env['POCKETVISOR_BRANCH_HINTS'] !== 'off') setFlagsFromString('--experimental-wasm-branch-hinting');
