import { wasm } from '../../../base/wasm.ts';

/** A module that exports `madd(x, y, z)` by relaxed_madd of two or four lanes; `type` is the byte of f64 or f32. */
const probe = (type: number, splat: number, madd: number, extract: number): Uint8Array =>
  Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 8, 1, 0x60, 3, type, type, type, 1, type],
    ...[3, 2, 1, 0],
    ...[7, 8, 1, 4, 0x6d, 0x61, 0x64, 0x64, 0, 0],
    ...[10, 22, 1, 20, 0, 0x20, 0, 0xfd, splat, 0x20, 1, 0xfd, splat, 0x20, 2, 0xfd, splat],
    ...[0xfd, madd, 2, 0xfd, extract, 0, 0x0b],
  ]);

/** Whether (1 + e) * (1 - e) - 1 comes out as -e * e, which a product that is rounded by itself loses. */
function isFused(module: Uint8Array, e: number): boolean {
  if (!wasm.validate(module)) return false;
  const { madd } = new wasm.Instance(new wasm.Module(module), {}).exports as {
    madd: (x: number, y: number, z: number) => number;
  };
  return madd(1 + e, 1 - e, -1) === -e * e;
}

/**
 * Whether relaxed_madd rounds once on this host. The specification of relaxed SIMD leaves that to the engine, but the same choice has to
 * be made everywhere in one environment, so one probe tells.
 */
export const fuses = {
  f32: isFused(probe(0x7d, 0x13, 0x85, 0x1f), 2 ** -23),
  f64: isFused(probe(0x7c, 0x14, 0x87, 0x21), 2 ** -52),
} as const;
