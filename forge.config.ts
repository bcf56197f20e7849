import { VitePlugin } from '@electron-forge/plugin-vite';
import type { ForgeConfig } from '@electron-forge/shared-types';

/** The desktop window. `vite.main.config.ts` builds main process, preload script and worker. */
const config: ForgeConfig = {
  packagerConfig: { name: 'Pocketvisor', executableName: 'pocketvisor-desktop', asar: true },
  makers: [],
  plugins: [
    new VitePlugin({
      build: [
        { entry: 'main/desktop/main.ts', config: 'vite.main.config.ts', target: 'main' },
        { entry: 'main/desktop/preload.ts', config: 'vite.main.config.ts', target: 'preload' },
        { entry: 'emulator/worker/node.ts', config: 'vite.main.config.ts', target: 'main' },
        { entry: 'emulator/worker/translator.ts', config: 'vite.main.config.ts', target: 'main' },
      ],
      renderer: [{ name: 'main_window', config: 'vite.renderer.config.ts' }],
    }),
  ],
};

export default config;
