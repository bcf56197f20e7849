/** What the attacker tells of its tries. */

/** Of one kind of attack: how often it was tried, and how often a try ended in each way. */
export interface Attack {
  readonly name: string;
  readonly tries: number;
  readonly outcomes: ReadonlyMap<string, number>;
}

/** Kinds of attacks by what they are after; the names are the attacker's. */
export const groups = {
  'calls of hypervisor and firmware': ['call', 'immediate', 'power', 'bell', 'wait'],
  'accesses to addresses of others': ['load', 'store', 'page', 'walk', 'jump'],
  'virtio rings pointed at others': ['ring'],
  'interrupts, and their controller': ['interrupt', 'distributor'],
  'cache, TLB and translation instructions': ['maintenance'],
  'system registers': ['read-register', 'write-register'],
  'switches looked behind': ['switch'],
} as const;

export function attacksIn(console: string): Attack[] {
  return [...console.matchAll(/^([\w-]+) (\d+):((?: [\w-]+ \d+)*)$/gm)].map(([, name, tries, rest]) => ({
    ...{ name: name as string, tries: Number(tries) },
    outcomes: new Map([...rest!.matchAll(/([\w-]+) (\d+)/g)].map(([, outcome, count]) => [outcome as string, Number(count)])),
  }));
}

export function triesOf(attacks: readonly Attack[], names: readonly string[]): number {
  return attacks.filter(({ name }) => names.includes(name)).reduce((sum, { tries }) => sum + tries, 0);
}

export function countOf(attacks: readonly Attack[], outcome: string): number {
  return attacks.reduce((sum, { outcomes }) => sum + (outcomes.get(outcome) ?? 0), 0);
}

/** What became of tries, by the attacker's words for it. */
const meanings: readonly (readonly [outcome: string, heading: string])[] = [
  ['done', 'its own, or no effect'],
  ['refused', 'error code'],
  ['undefined', 'undefined'],
  ['trapped', 'trapped'],
  ['data-abort', 'data abort'],
  ['instruction-abort', 'fetch abort'],
  ['other', 'other fault'],
  ['LEAKED', 'LEAKED'],
];

/** A line for each kind. */
export function attackTable(attacks: readonly Attack[]): string[] {
  const seen = meanings.filter(([outcome]) => countOf(attacks, outcome) > 0);
  const rows = [
    ['attack', 'tries', ...seen.map(([, heading]) => heading)],
    ...attacks.map(({ name, tries, outcomes }) =>
      [name, tries, ...seen.map(([outcome]) => outcomes.get(outcome) ?? 0)].map(text),
    ),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n]!) : cell.padStart(widths[n]!))).join('  '));
}

const text = (value: string | number): string => (value === 0 ? '' : value.toLocaleString('en-US'));
