/**
 * `npm run build:runtime`: compiles emulator/runtime (AssemblyScript) to one WebAssembly module. The offsets of the core state and the
 * memory map are written out first as its constants, so that they are declared once, in emulator/state.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateFields } from '../../emulator/state/layout.ts';
import { runtimeEvents } from '../../emulator/state/events.ts';
import { leaveReasons, memoryMap, runStates } from '../../emulator/state/memory-map.ts';
import { root } from './targets.ts';

const line = (name: string, value: number): string => `export const ${name}: u32 = ${value};`;
const text = [
  '// Written by resources/build/runtime.ts from emulator/state: do not edit.',
  '/** Offsets of the fields of a core. */',
  ...stateFields.map((field) => line(`C_${field.name}`, field.offset)),
  '/** The map of the linear memory. */',
  ...Object.entries(memoryMap).map(([name, value]) => line(`M_${name}`, value)),
  '/** Why generated code leaves. */',
  ...Object.entries(leaveReasons).map(([name, value]) => line(`LEAVE_${name}`, value)),
  '/** What a core of parallel mode does. */',
  ...Object.entries(runStates).map(([name, value]) => line(`RUN_${name}`, value)),
  '/** What is counted: see events.ts. */',
  ...runtimeEvents.map((name, index) => line(`EVENT_${name}`, index)),
  '',
].join('\n');

const folder = join(root, 'emulator/runtime/dist');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'layout.ts'), text);
const asc = join(root, 'node_modules/assemblyscript/bin/asc.js');
const args = [
  asc,
  'emulator/runtime/index.ts',
  '--config',
  'emulator/runtime/asconfig.json',
  '--target',
  'release',
  ...process.argv.slice(2),
];
process.exitCode = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
