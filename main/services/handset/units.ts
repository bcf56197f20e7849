/** Quantities as people write them. All functions answer undefined for what is none. */

const sizeUnits: Record<string, number> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** Bytes of `192M`, `64K`, `1GiB`, `4096`; a bare number counts `bareUnit` bytes. */
export function parseSize(text: string, bareUnit = 1): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])(?:i?b)?|(b))?$/i.exec(text.trim());
  if (!match) return undefined;
  const [, count, prefix, bytesWord] = match;
  const bytes = Number(count) * (prefix ? sizeUnits[prefix.toLowerCase()]! : bytesWord ? 1 : bareUnit);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

const durationUnits: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, min: 60e9, h: 3600e9 };

/** Nanoseconds of `10s`, `500ms`, `4615us`, `1.5m`. The unit has to be there. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-zµ]+)$/.exec(text.trim());
  const unit = match ? durationUnits[match[2]!] : undefined;
  return match && unit ? Math.round(Number(match[1]) * unit) : undefined;
}

/** A non-negative integer, decimal or with `0x`. */
export function parseNumber(text: string): number | undefined {
  if (!/^(0x[\da-f]+|\d+)$/i.test(text.trim())) return undefined;
  const value = Number(text.trim());
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Seconds since 1970 of a date (`2026-01-01`, `2026-01-01T12:00:00Z`; UTC unless it says otherwise), `now`, or a number of seconds. */
export function parseDate(text: string, nowMs: () => number = Date.now): number | undefined {
  if (text === 'now') return Math.floor(nowMs() / 1000);
  const seconds = parseNumber(text);
  if (seconds !== undefined) return seconds;
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  if (!match) return undefined;
  const ms = Date.parse(`${match[1]}T${match[2] ?? '00:00:00'}${match[3] ?? 'Z'}`);
  return Number.isFinite(ms) && ms >= 0 ? Math.floor(ms / 1000) : undefined;
}

/** `512M`, `1536K`: the largest unit that divides. */
export function formatSize(bytes: number): string {
  for (const unit of ['t', 'g', 'm', 'k']) {
    const one = sizeUnits[unit]!;
    if (bytes > 0 && bytes % one === 0) return `${bytes / one}${unit.toUpperCase()}`;
  }
  return `${bytes} bytes`;
}
