import { CPU_LOCAL, Emitter, Locals, type Target } from '../../ir/emit.ts';
import type { Type } from '../../ir/ops.ts';
import { Bytes, ModuleWriter, type Signature } from '../../ir/wasm-writer.ts';
import { addHandler, importFunctions } from '../cold/handler.ts';
import { chainCode, type Handlers } from './chain.ts';
import { emitRegion, knownAt } from './emit-region.ts';
import { materialize } from './flags.ts';
import { body, type RegionFunctions } from './frame.ts';
import { afterOutside, outsideStatements } from './outside.ts';
import type { Place, Region } from './region.ts';
import { slowLocals, slowPath, slowSignature } from './slow-paths.ts';
import { Writer } from './writer.ts';

/** The name under which a module exports entry number `entry` of its region number `region`. */
export const exportOf = (region: number, entry: number): string => `r${region}e${entry}`;
/** The name of the global that such a module imports: the handler number of the first entry of a region. */
export const firstHandlerOf = (region: number): string => `first${region}`;

export interface PlacedRegion {
  readonly region: Region;
  recordOf(place: Place): number;
}

const slowNames = ['slowLoad', 'regionStore', 'regionTranslate'];
const afterSignature: Signature = { params: ['i32', 'i32', 'i64', 'i32'], results: ['i32'] };
const entrySignature = { params: ['i32', 'i32', 'i64'], results: ['i32'] } as const;

/** One module of many regions; each of their entries becomes a function (cpu, record, pc) -> regionResult, as a handler is. */
export function regionModule(regions: readonly PlacedRegion[], handlers: Handlers): Uint8Array {
  const module = new ModuleWriter('regions');
  module.importsTable = true;
  const imports = importFunctions(module, new Set(['coldOnly', ...regions.flatMap(({ region }) => [...region.calls])]));
  const globals = regions.map((_, n) => module.importGlobal({ module: 'env', name: firstHandlerOf(n), type: 'i32' }));
  const index = (name: string): number => {
    const found = imports.get(name);
    if (found === undefined) throw new Error(`function ${name} was not imported`);
    return found;
  };
  const flags = addFlags(module);
  const { locals: chainLocals, body: chainBody } = chainCode(handlers, module.type(entrySignature), flags);
  const chain = module.add('chain', afterSignature, chainLocals, chainBody);
  const slow = new Map(
    slowNames
      .filter((name) => imports.has(name))
      .map((name) => [name, module.add(`slow ${name}`, slowSignature, slowLocals, slowPath(name, index(name), flags))]),
  );
  let outsides = 0;
  const hasOutside = regions.some(({ region }) => region.blocks.some((block) => block.instructions.at(-1)?.isOutside));
  const functions: RegionFunctions = {
    index,
    slow: (name) => slow.get(name) as number,
    flags,
    chain,
    outside: ({ row, fields }) => addHandler(module, `outside ${outsides++}`, outsideStatements(row, fields), imports),
    afterOutside: hasOutside ? module.add('after outside', afterSignature, [], afterOutside(chain)) : -1,
  };
  regions.forEach(({ region, recordOf }, n) => {
    const placement = { recordOf, firstHandler: globals[n] as number };
    const { locals, body: code, unlikely } = emitRegion(region, placement, functions);
    const whole = module.add(`r${n}`, body.signature, locals.types, code, unlikely);
    region.entries.forEach((place, k) => {
      const entry = new Writer().get(0).get(1).get(2);
      if (place !== 0) entry.i64(BigInt(-place * 4)).byte(0x7c);
      entry.i32(k).i32(knownAt(region, place)).byte(0x12).u32(whole); // return_call
      module.add(exportOf(n, k), entrySignature, [], entry);
    });
  });
  return module.finish();
}

/** The function (cpu, kind, x, y) that writes lazy flags to the state. */
function addFlags(module: ModuleWriter): number {
  flagsCode ??= makeFlags();
  return module.add('flags', { params: ['i32', 'i32', 'i64', 'i64'], results: [] }, flagsCode.locals, flagsCode.body);
}

let flagsCode: { readonly locals: readonly Type[]; readonly body: Bytes } | undefined;

function makeFlags(): { locals: readonly Type[]; body: Bytes } {
  const { statements, variables } = materialize();
  const locals = new Locals(4);
  const code = new Bytes();
  const e = new Emitter(code, locals, nothing);
  [variables.kind, variables.x, variables.y].forEach((variable, i) => e.bind(variable, CPU_LOCAL + 1 + i));
  e.unit(statements);
  return { locals: locals.types, body: code };
}

const never = (): never => {
  throw new Error('the flags need nothing of a target');
};
const nothing: Target = {
  slotBase: never,
  operand: never,
  pc: never,
  spill: never,
  charged: never,
  callSlow: never,
  leave: never,
  leaveUnretired: never,
  jump: never,
  jumpTo: never,
  functionIndex: never,
};
