/** Quantities for people. */

/** Virtual nanoseconds as `0:07.250`, with hours only where there are some. */
export function formatVirtualTime(ns: number): string {
  const ms = Math.floor(ns / 1e6);
  const pad = (value: number, width: number) => String(value).padStart(width, '0');
  const [h, m, s] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1000) % 60];
  const minutes = h > 0 ? `${h}:${pad(m, 2)}` : `${m}`;
  return `${minutes}:${pad(s, 2)}.${pad(ms % 1000, 3)}`;
}

/** `1.25 M`: three significant digits at most, decimal prefixes. */
export function formatCount(count: number): string {
  return withPrefix(count, 1000, ['', ' k', ' M', ' G', ' T', ' P']);
}

/** `36.4 MiB`. */
export function formatBytes(bytes: number): string {
  return withPrefix(bytes, 1024, [' B', ' KiB', ' MiB', ' GiB', ' TiB']);
}

/** Virtual time that something takes: `600 µs`, `1.25 ms`. */
export function formatDuration(ns: number): string {
  return withPrefix(ns, 1000, [' ns', ' µs', ' ms', ' s']).replace(/\.0+(?= )|(?<=\.\d*[1-9])0+(?= )/, '');
}

/** A part of a whole, with one digit. */
export function formatShare(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** Million instructions a second. */
export function formatMips(mips: number): string {
  return mips >= 100 ? mips.toFixed(0) : mips.toFixed(1);
}

function withPrefix(value: number, base: number, prefixes: readonly string[]): string {
  let index = 0;
  while (value >= base && index < prefixes.length - 1) [value, index] = [value / base, index + 1];
  // 999.95 must not become "1000.0".
  const digits = index === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)}${prefixes[index]}`;
}
