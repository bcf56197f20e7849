/** FPConvert between precisions. */
import type { Value } from '../../../ir/nodes.ts';
import type { Semantics } from '../../derive/semantics.ts';
import { Host, keepsDenormals, orExact, rounds } from './host.ts';
import { exact, scalarShape } from './shape.ts';

/** A scalar of `from` bits to one of `to` bits: 16, 32 or 64. */
export function convertPrecision(b: Semantics, from: number, to: number, x: Value): Value {
  const exactly = (): Value => exact(b, `f${from}ToF${to}`, x);
  if (from === 16 || to === 16) return exactly();
  const h = new Host(b, scalarShape(to === 64 ? 1 : 0));
  if (to === 64) {
    const number = b.op('f32.reinterpret_i32', x);
    const holds = b.op('i32.and', keepsDenormals(b), b.op('f32.eq', number, number));
    return orExact(b, { result: h.toBits(h.op('promote_f32', number)), holds }, exactly);
  }
  const result = h.op('demote_f64', b.op('f64.reinterpret_i64', x));
  return orExact(b, { result: h.toBits(result), holds: b.op('i32.and', rounds(b), h.isNormal(result)) }, exactly);
}
