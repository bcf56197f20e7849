/**
 * DecodeBitMasks (DDI 0487, shared pseudocode): the masks of logical immediates and bit fields. `undefined` where the combination is
 * reserved; `immediate` refuses elements of all ones.
 */
export function decodeBitMasks(
  n: number,
  imms: number,
  immr: number,
  width: 32 | 64,
  immediate: boolean,
): { wmask: bigint; tmask: bigint } | undefined {
  const combined = (n << 6) | (~imms & 0x3f);
  const len = 31 - Math.clz32(combined);
  if (combined === 0 || len < 1 || (width === 32 && n === 1)) return undefined;
  const size = 1 << len;
  const levels = size - 1;
  if (immediate && (imms & levels) === levels) return undefined;
  const s = imms & levels;
  const r = immr & levels;
  const d = (s - r) & levels;
  const ones = (count: number): bigint => (1n << BigInt(count)) - 1n;
  const replicate = (element: bigint): bigint => {
    let mask = 0n;
    for (let at = 0; at < width; at += size) mask |= element << BigInt(at);
    return mask;
  };
  const element = ones(s + 1);
  const rotated = r === 0 ? element : ((element >> BigInt(r)) | (element << BigInt(size - r))) & ones(size);
  return { wmask: replicate(rotated), tmask: replicate(ones(d + 1)) };
}
