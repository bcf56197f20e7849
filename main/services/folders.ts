/** Where Pocketvisor keeps what is a person's own (XDG base directories). */
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface UserFolders {
  /** Settings, the list of what was opened lately. */
  config: string;
  /** Handsets that were made by copying an example. */
  handsets: string;
  /** What can be made again. */
  cache: string;
}

export function userFolders(environment: NodeJS.ProcessEnv = process.env): UserFolders {
  const config = environment['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  const data = environment['XDG_DATA_HOME'] || join(homedir(), '.local/share');
  const cache = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return {
    config: join(config, 'pocketvisor'),
    handsets: join(data, 'pocketvisor/handsets'),
    cache: join(cache, 'pocketvisor'),
  };
}
