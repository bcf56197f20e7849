/** Numbers by column and row: what changes at run time, saved and restored as a whole. */
export type Columns<Name extends string> = { readonly [column in Name]: Float64Array };

export function columns<Name extends string>(names: readonly Name[], rows: number): Columns<Name> {
  return Object.fromEntries(names.map((name) => [name, new Float64Array(rows)])) as Columns<Name>;
}

export type SavedColumns = { [column: string]: number[] };

export function saveColumns(table: Columns<string>): SavedColumns {
  return Object.fromEntries(Object.entries(table).map(([name, values]) => [name, [...values]]));
}

export function restoreColumns(table: Columns<string>, saved: SavedColumns): void {
  for (const [name, values] of Object.entries(table)) values.set(saved[name]!);
}

/** One row of some columns. */
export function row<Name extends string>(
  table: Columns<Name>,
  names: readonly Name[],
  number: number,
): { [column in Name]: number } {
  return Object.fromEntries(names.map((name) => [name, table[name][number]!])) as { [column in Name]: number };
}
