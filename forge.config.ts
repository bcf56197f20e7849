import { VitePlugin } from '@electron-forge/plugin-vite';
import type { ForgeConfig } from '@electron-forge/shared-types';

/** The desktop window. `vite.main.config.ts` builds both the main process and the preload script. */
const config: ForgeConfig = {
  packagerConfig: { name: 'Pocketvisor', executableName: 'pocketvisor-desktop', asar: true },
  makers: [],
  plugins: [
    new VitePlugin({
      build: [
        { entry: 'main/desktop/main.ts', config: 'vite.main.config.ts', target: 'main' },
        { entry: 'main/desktop/preload.ts', config: 'vite.main.config.ts', target: 'preload' },
      ],
      renderer: [{ name: 'main_window', config: 'renderer/vite.config.ts' }],
    }),
  ],
};

export default config;
