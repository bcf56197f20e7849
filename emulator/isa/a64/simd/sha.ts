/** What SHA-1 and SHA-256 share: words of a vector, and the functions of three words (FIPS 180-4 §4.1). */
import type { Value } from '../../../ir/nodes.ts';
import type { Semantics } from '../../derive/semantics.ts';
import { extract, insert, zero } from './lanes.ts';

export type Words = [Value, Value, Value, Value];

export const words = (b: Semantics, vector: Value): Words => [0, 1, 2, 3].map((i) => extract(b, 2, 1, i, vector)) as Words;

export const fromWords = (b: Semantics, values: Words): Value =>
  values.reduce((vector, word, i) => insert(b, 2, i, vector, word), zero(b));

/** SHAchoose: bits of y where x has ones, of z elsewhere. */
export const choose = (b: Semantics, x: Value, y: Value, z: Value): Value =>
  b.op('i32.xor', z, b.op('i32.and', x, b.op('i32.xor', y, z)));

/** SHAmajority. */
export const majority = (b: Semantics, x: Value, y: Value, z: Value): Value =>
  b.op('i32.or', b.op('i32.and', x, y), b.op('i32.and', z, b.op('i32.or', x, y)));
