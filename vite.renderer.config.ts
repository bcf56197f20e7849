import { join } from 'node:path';
import { mergeConfig } from 'vite';
import renderer from './renderer/vite.config.ts';

/** Build of the screen for the desktop's window: where Electron Forge looks for it. */
export default mergeConfig(renderer, { build: { outDir: join(import.meta.dirname, '.vite/renderer/main_window') } });
