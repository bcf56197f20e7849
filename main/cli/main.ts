/** Where `./pocketvisor` arrives. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { bundle } from '../services/bundle.ts';
import { userFolders } from '../services/folders.ts';

// Compiled modules are kept from run to run, here and in the worker: a third of the time to a guest's first instruction.
const { directory } = enableCompileCache(join(userFolders().cache, 'compiled'));
if (directory) process.env['NODE_COMPILE_CACHE'] ??= directory;

// A profile names files of the sources.
const isProfiled = process.argv.includes('--profile-emulator');
await import((isProfiled ? undefined : bundle('command-line')) ?? './command-line.ts');
