import type { Value } from '../../../ir/nodes.ts';
import { productIsExact, sumIsExact } from './error-free.ts';
import { keepsDenormals, rounds, type Try } from './host.ts';

/** FPMulAdd by the host, where it fuses: known Inexact, or a product and a sum that both lose nothing. */
export const fusedMultiplyAdd: Try = (h, ...args) => {
  if (!h.canFuse) return undefined;
  const { b } = h;
  const [addend, x, y] = args.map((arg) => h.fromBits(arg)) as [Value, Value, Value];
  const result = h.fused(x, y, addend);
  return {
    result: h.toBits(result),
    holds: b.op('i32.and', rounds(b), h.all(h.isNormal(result))),
    holdsAfterAll: () => {
      const product = h.op('mul', x, y);
      const parts = h.both(
        productIsExact(h, product, x, y) as Value,
        sumIsExact(h, h.op('add', product, addend), product, addend),
      );
      return b.op('i32.and', keepsDenormals(b, true), h.all(parts));
    },
  };
};
