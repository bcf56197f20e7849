/** Monaco with what a YAML file needs, and its workers from our own bundle: the content security policy allows nothing else. */
import 'monaco-editor/features/bracketMatching/register.js';
import 'monaco-editor/features/caretOperations/register.js';
import 'monaco-editor/features/clipboard/register.js';
import 'monaco-editor/features/codicon/register.js';
import 'monaco-editor/features/comment/register.js';
import 'monaco-editor/features/contextmenu/register.js';
import 'monaco-editor/features/cursorUndo/register.js';
import 'monaco-editor/features/find/register.js';
import 'monaco-editor/features/folding/register.js';
import 'monaco-editor/features/format/register.js';
import 'monaco-editor/features/gotoError/register.js';
import 'monaco-editor/features/hover/register.js';
import 'monaco-editor/features/indentation/register.js';
import 'monaco-editor/features/linesOperations/register.js';
import 'monaco-editor/features/multicursor/register.js';
import 'monaco-editor/features/snippet/register.js';
// features/suggest has only its inline form.
import 'monaco-editor/editor/contrib/suggest/browser/suggestController.js';
import 'monaco-editor/features/wordOperations/register.js';
import 'monaco-editor/languages/definitions/yaml/register.js';
import * as monaco from 'monaco-editor/editor/editor.api.js';
import { configureMonacoYaml, type MonacoYaml } from 'monaco-yaml';

self.MonacoEnvironment = {
  getWorker: () => new Worker(new URL('editor.worker.ts', import.meta.url), { type: 'module' }),
};

let yaml: MonacoYaml | undefined;

/**
 * Completion and hover from the schema. Errors come from the host instead, which knows more: files, memory, what a board has. May be
 * called again.
 */
export function configureSchema(schema: Record<string, unknown>): void {
  const schemas = [{ uri: 'pocketvisor://handset.json', fileMatch: ['*'], schema }];
  if (yaml) void yaml.update({ schemas });
  else
    yaml = configureMonacoYaml(withYamlWorker(), {
      validate: false,
      completion: true,
      hover: true,
      hoverSchemaSource: false,
      schemas,
    });
}

/**
 * monaco-yaml asks for its worker as Monaco did until 0.52, by a label and with data for its start. Since then Monaco takes a worker;
 * the worker wants one message to wake it, and the data as the second.
 */
function withYamlWorker(): typeof monaco {
  const createWebWorker = <T extends object>({ createData }: { createData?: unknown }) => {
    const worker = new Worker(new URL('yaml.worker.ts', import.meta.url), { type: 'module' });
    for (const message of ['wake up', createData]) worker.postMessage(message, []);
    return monaco.editor.createWebWorker<T>({ worker });
  };
  return { ...monaco, editor: { ...monaco.editor, createWebWorker: createWebWorker as typeof monaco.editor.createWebWorker } };
}

export { monaco };
