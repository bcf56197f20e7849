import { join } from 'node:path';
import type { Settings } from '../../contract/index.ts';
import { settings as schema } from '../../contract/schema.ts';
import type { Hub } from '../hub.ts';
import { readJsonFile, writeJsonFile } from '../json-file.ts';

export const defaultSettings: Settings = {
  theme: 'system',
  consoleFontSize: 13,
  consoleScrollback: 10_000,
  speed: 1,
  guestsFolder: '',
  layout: '',
};

/** What a person has chosen. A value on disk that is not valid any more is as if it had never been chosen. */
export class SettingsService {
  readonly #file: string;
  readonly #hub: Hub;
  #current: Settings;

  constructor(configFolder: string, hub: Hub) {
    this.#file = join(configFolder, 'settings.json');
    this.#hub = hub;
    this.#current = { ...defaultSettings, ...validEntries(readJsonFile(this.#file)) };
  }

  get(): Settings {
    return this.#current;
  }

  set(changes: { [K in keyof Settings]?: Settings[K] | undefined }): Settings {
    this.#current = { ...this.#current, ...validEntries(changes) };
    writeJsonFile(this.#file, this.#current);
    this.#hub.broadcast('settings', this.#current);
    return this.#current;
  }
}

function validEntries(value: unknown): Partial<Settings> {
  if (typeof value !== 'object' || value === null) return {};
  const valid = Object.entries(schema.shape).flatMap(([key, entry]) => {
    const parsed = entry.safeParse((value as Record<string, unknown>)[key]);
    return parsed.success ? [[key, parsed.data]] : [];
  });
  return Object.fromEntries(valid) as Partial<Settings>;
}
