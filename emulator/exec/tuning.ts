/** When the engine does what. No guest can tell one tuning from another; tests shift it so that short programs meet every change of tiers. */
export interface Tuning {
  /** Instructions between two samples; more and more, up to the longest, as long as samples say nothing new. */
  readonly interval: number;
  readonly longestInterval: number;
  /**
   * Samples in the same place that make it hot. A region costs about what it saves in 300,000 instructions: one that is translated
   * after as many in the cold tier never costs more than twice what would have been best.
   */
  readonly hotSamples: number;
  /** A module is made when so many entries wait, or the first has waited for so many samples. */
  readonly batch: number;
  readonly patience: number;
  /** In `auto`, regions of fewer instructions cost more than they save. */
  readonly leastInstructions: number;
  /** Samples in an entry of a region after which a wider one is made for it. */
  readonly wideSamples: number;
  /** Instructions of a region at most; of a wide one; where regions with indirect branches are brought together; where everything is translated. */
  readonly mostInstructions: number;
  readonly mostWhenWide: number;
  readonly mostTogether: number;
  readonly mostWhenForced: number;
  /** Where everything is translated: whether regions overlap as wide ones do. Then there is several times as much code. */
  readonly wideWhenForced: boolean;
  /** Entries of regions that live at a time. */
  readonly maxEntries: number;
  /** Pages of predecoded code that are kept at a time, 16 KiB each; each core of parallel mode has as many of its own. */
  readonly codePages: number;
}

/** Entries where everything is translated: a boot of Linux makes 9,000 modules, and what makes way there is translated again at once. */
export const entriesWhenForced = 49_152;

export const defaultTuning: Tuning = {
  interval: 10_000,
  longestInterval: 160_000,
  hotSamples: 32,
  wideSamples: 200,
  batch: 16,
  patience: 256,
  leastInstructions: 4,
  mostInstructions: 100,
  mostWhenWide: 400,
  mostTogether: 1500,
  mostWhenForced: 400,
  wideWhenForced: false,
  maxEntries: 4096,
  codePages: 3072,
};
