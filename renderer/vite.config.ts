import { join } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const modules = join(import.meta.dirname, '../node_modules');

export default defineConfig({
  root: import.meta.dirname,
  // Paths in the page are relative, so that it works from a server's root and from Electron's files alike.
  base: './',
  plugins: [vue()],
  resolve: {
    // monaco-yaml reaches into Monaco by file; Monaco's own `exports` no longer let it.
    alias: [{ find: /^monaco-editor\/esm\/vs\//, replacement: `${join(modules, 'monaco-editor/esm/vs')}/` }],
  },
  worker: { format: 'es' },
  build: {
    target: 'chrome130',
    outDir: 'dist',
    emptyOutDir: true,
    reportCompressedSize: false,
    // Monaco and the YAML worker are that large; they load after the window has appeared.
    chunkSizeWarningLimit: 4000,
  },
});
