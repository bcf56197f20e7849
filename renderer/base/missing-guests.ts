import type { Problem } from '../../main/contract/index.ts';

/** Names of the guests that a handset file refers to (`guest:NAME`) and that have not been fetched, by what the host found missing. */
export function missingGuests(text: string, problems: readonly Problem[]): string[] {
  const lines = text.split('\n');
  const names = problems.flatMap(({ code, range }) => {
    const place = range?.line === range?.endLine ? range : undefined;
    if (code !== 'missing-file' || !place) return [];
    const value = lines[place.line - 1]?.slice(place.column - 1, place.endColumn - 1) ?? '';
    return /^["']?guest:([^"']+)/.exec(value)?.[1] ?? [];
  });
  return [...new Set(names)];
}
