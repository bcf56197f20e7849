/** Divides the host's time among the parts of the emulator. */
import type { HostTimes, StackFrame } from '../base/host.ts';

export interface HostTimeProfile {
  readonly wallMs: number;
  readonly threadMs: number;
  readonly processMs: number;
  /** Milliseconds by part, the largest first. */
  readonly parts: Record<string, number>;
  /** Milliseconds by function, the largest first. */
  readonly functions: readonly { readonly name: string; readonly part: string; readonly ms: number }[];
}

/** WebAssembly modules by the beginning of their names (ModuleWriter), whatever hash the host puts behind. */
const modules: readonly [name: string, part: string][] = [
  ['cold-loop', 'cold loop'],
  ['handler', 'handlers'],
  ['regions', 'regions'],
  ['runtime', 'runtime'],
  ['counters', 'counting'],
];

/** What the engines do between two runs of generated code, by name; all else in their folders is decoding or translation. */
const steering = new Set(['run', 'runSampled', 'moveBudget', 'sample', 'note', 'recordInField']);

const folders: readonly [folder: string, part: string][] = [
  ['/exec/hot/', 'translation'],
  ['/exec/cold/', 'decoding'],
  ['/devices/', 'devices'],
  ['/machine/bus.ts', 'devices'],
  ['/machine/gic-registers.ts', 'devices'],
  ['/machine/', 'outer loop'],
];

/** The part that a frame alone decides; undefined where it depends on who called (IR, rows, the host's own functions). */
function partOfFrame({ name, source }: StackFrame): string | undefined {
  if (name === '(garbage collector)') return 'garbage collection';
  if (name === '(program)') return 'the host itself';
  if (name === '(idle)') return 'idle';
  if (name.startsWith('js-to-wasm') || name.startsWith('wasm-to-js')) return 'calls between JavaScript and WebAssembly';
  const module = wasmModule(source);
  // The runtime comes from another compiler, and its module has no name.
  if (module !== undefined) return modules.find(([prefix]) => module.startsWith(prefix))?.[1] ?? 'runtime';
  const part = folders.find(([folder]) => source.includes(`/emulator${folder}`))?.[1];
  return (part === 'translation' || part === 'decoding') && steering.has(name) ? 'outer loop' : part;
}

function wasmModule(source: string): string | undefined {
  return source.startsWith('wasm:') ? source.slice(source.lastIndexOf('/') + 1) : undefined;
}

/** Functions of the runtime have the path of their file in the name; regions are numbered by module. */
function functionName({ name, source }: StackFrame): string {
  const module = wasmModule(source);
  if (module?.startsWith('regions')) return /^r\d+(e\d+)?$/.test(name) ? 'region' : name;
  if (module?.startsWith('handler')) return module.replace(/-[\da-f]+$/, '');
  return name.replace(/^emulator\/runtime\//, '') || `(anonymous) in ${source.slice(source.lastIndexOf('/') + 1) || 'the host'}`;
}

export function divideHostTime({ wallMs, threadMs, processMs, stacks }: HostTimes): HostTimeProfile {
  const parts = new Map<string, number>();
  const functions = new Map<string, { name: string; part: string; ms: number }>();
  for (const { frames, ms } of stacks) {
    const part = frames.map(partOfFrame).find((found) => found !== undefined) ?? 'other';
    parts.set(part, (parts.get(part) ?? 0) + ms);
    const name = functionName(frames[0] as StackFrame);
    const known = functions.get(`${part} ${name}`);
    if (known) known.ms += ms;
    else functions.set(`${part} ${name}`, { name, part, ms });
  }
  return {
    ...{ wallMs, threadMs, processMs },
    parts: Object.fromEntries([...parts].sort((a, b) => b[1] - a[1])),
    functions: [...functions.values()].sort((a, b) => b.ms - a.ms),
  };
}
