import { defineConfig } from 'vite';

/** Build of the desktop's main process and preload script (forge.config.ts). Electron and Node stay outside of the bundle. */
export default defineConfig({
  build: { target: 'node24', sourcemap: true },
  resolve: { conditions: ['node'] },
});
