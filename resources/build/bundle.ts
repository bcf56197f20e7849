/**
 * `npm run build:cli`: the command line and its workers in a few files, which start in half the time. main/services/bundle.ts looks at every
 * start whether the sources are still those; when not, the sources run.
 */
import { cpSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, type Plugin } from 'vite';
import { coldLoop } from '../../emulator/machine/cold-loop.ts';
import { bundleFolder, sourceNow, sourcesFile } from '../../main/services/bundle.ts';
import { root } from './targets.ts';

const runtime = 'runtime/dist/runtime.wasm';

/** Beside the bundle: what it was made from, and what its worker looks for. */
const listSources: Plugin = {
  name: 'pocketvisor:sources',
  writeBundle(_options, chunks) {
    const modules = Object.values(chunks).flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
    const paths = [...new Set(modules)].filter((id) => id.startsWith(root)).map((id) => relative(root, id.replace(/\?.*$/, '')));
    const sources = [...paths, `emulator/${runtime}`].map((path) => sourceNow(path));
    writeFileSync(join(bundleFolder, 'cold-loop.wasm'), coldLoop());
    cpSync(join(root, 'emulator', runtime), join(bundleFolder, '..', runtime));
    writeFileSync(join(bundleFolder, sourcesFile), JSON.stringify(sources.filter(Boolean)));
  },
};

await build({
  configFile: false,
  root,
  logLevel: 'warn',
  build: {
    target: 'node24',
    ssr: true,
    outDir: bundleFolder,
    minify: false,
    rolldownOptions: {
      input: {
        'command-line': join(root, 'main/cli/command-line.ts'),
        node: join(root, 'emulator/worker/node.ts'),
        translator: join(root, 'emulator/worker/translator.ts'),
      },
      output: { format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
    },
  },
  ssr: { noExternal: true },
  plugins: [listSources],
});
