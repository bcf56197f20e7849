import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';

/**
 * Build of what runs in the desktop's own process: main process, preload script and the machine's worker (forge.config.ts). Electron and
 * Node stay outside of the bundle; everything else is in it. Built as for a server, so that URLs of files stay URLs of files.
 */
export default defineConfig({
  build: { target: 'node24', sourcemap: true, ssr: true },
  ssr: { noExternal: true, external: ['electron'] },
  resolve: { conditions: ['node'] },
  plugins: [
    {
      name: 'pocketvisor:runtime',
      writeBundle() {
        // Where the worker's bundle looks for it.
        const runtime = 'runtime/dist/runtime.wasm';
        cpSync(join(import.meta.dirname, 'emulator', runtime), join(import.meta.dirname, '.vite', runtime));
      },
    },
  ],
});
