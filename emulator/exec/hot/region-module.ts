import { CPU_LOCAL, Emitter, Locals, type Target } from '../../ir/emit.ts';
import type { Type } from '../../ir/ops.ts';
import { Bytes, ModuleWriter } from '../../ir/wasm-writer.ts';
import { importFunctions } from '../cold/handler.ts';
import { chainCode, type Handlers } from './chain.ts';
import { emitRegion } from './emit-region.ts';
import { materialize } from './flags.ts';
import type { Region } from './region.ts';

/** The name under which a module exports its region number `n`. */
export const exportOf = (n: number): string => `r${n}`;

/** One module of many regions; each becomes a function (cpu, record, pc) -> regionResult, as a handler is. */
export function regionModule(regions: readonly Region[], handlers: Handlers): Uint8Array {
  const module = new ModuleWriter('regions');
  module.importsTable = true;
  const imports = importFunctions(module, new Set(['coldOnly', ...regions.flatMap(({ calls }) => [...calls])]));
  const index = (name: string): number => {
    const found = imports.get(name);
    if (found === undefined) throw new Error(`function ${name} was not imported`);
    return found;
  };
  const flags = addFlags(module);
  const regionType = { params: ['i32', 'i32', 'i64'], results: ['i32'] } as const;
  const { locals: chainLocals, body: chainBody } = chainCode(handlers, module.type(regionType));
  const chain = module.add('chain', { params: ['i32', 'i32', 'i64', 'i32'], results: ['i32'] }, chainLocals, chainBody);
  regions.forEach((region, n) => {
    const { locals, body, unlikely } = emitRegion(region, { index, flags, chain });
    module.add(exportOf(n), regionType, locals.types, body, unlikely);
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
  const body = new Bytes();
  const e = new Emitter(body, locals, nothing);
  [variables.kind, variables.x, variables.y].forEach((variable, i) => e.bind(variable, CPU_LOCAL + 1 + i));
  e.unit(statements);
  return { locals: locals.types, body };
}

const never = (): never => {
  throw new Error('the flags need nothing of a target');
};
const nothing: Target = {
  slotBase: never,
  operand: never,
  pc: never,
  spill: never,
  leave: never,
  leaveUnretired: never,
  jump: never,
  jumpTo: never,
  functionIndex: never,
};
