/** Something that the product is good for, shown with figures that have goals. */
export interface Show {
  /** What `npm run show -- NAME` calls it. */
  readonly name: string;
  /** A line for the list. */
  readonly summary: string;
  /** What the control does differently; its figures must miss. */
  readonly control: string;
  /** Why it cannot be shown here (a guest that is not fetched, say); undefined when it can. */
  missing?(): string | undefined;
  run(options: ShowOptions): Promise<Shown>;
}

export interface ShowOptions {
  /** For `npm test`: the same in less time. */
  readonly short: boolean;
  /** With one thing spoilt, so that a figure which cannot miss is noticed. */
  readonly control: boolean;
  /** How far it is, for people who wait. */
  readonly progress: (text: string) => void;
}

export interface Shown {
  readonly figures: readonly Figure[];
  /** More to look at, such as a histogram: lines. */
  readonly details?: readonly string[];
}

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit?: string;
  /** What it must be; a figure without a goal is for information. */
  readonly goal?: { readonly is?: number; readonly atMost?: number; readonly atLeast?: number };
  /** What a reader must know to understand it, such as what it depends on. */
  readonly note?: string;
}

/** Whether the figure meets its goal. What could not be measured does not. */
export function meets({ value, goal }: Figure): boolean {
  if (!goal) return true;
  const { is, atMost = Infinity, atLeast = -Infinity } = goal;
  return value <= atMost && value >= atLeast && (is === undefined || value === is);
}
