import { RECORD_BYTES } from './micro-op.ts';

/** Words that are remembered; a power of two. A boot of Linux decodes 322,000 words, of which 85,000 are distinct. */
const SIZE = 1 << 16;
const WORDS = RECORD_BYTES / 4;

/**
 * Records by the instruction word that they were decoded from: what a word becomes depends on nothing else. Direct-mapped, in plain arrays:
 * a copy takes a tenth of decoding.
 */
export class RecordCache {
  private readonly view: DataView;
  private readonly words = new Int32Array(SIZE);
  /** 1 where the word is remembered, 2 where straight-line decoding stops behind it, too. */
  private readonly known = new Uint8Array(SIZE);
  private readonly records = new Uint32Array(SIZE * WORDS);

  constructor(view: DataView) {
    this.view = view;
  }

  /** Writes the record of a word, if it is remembered: 0 when it is not, 2 when straight-line decoding stops here, else 1. */
  copy(word: number, record: number): number {
    const slot = slotOf(word);
    // Where nothing was ever kept, the word is 0 and so is the answer.
    if (this.words[slot] !== (word | 0) || this.known[slot] === 0) return 0;
    const { view, records } = this;
    for (let n = 0; n < WORDS; n++) view.setUint32(record + n * 4, records[slot * WORDS + n] as number, true);
    return this.known[slot] as number;
  }

  /** Remembers a record that was just written. */
  keep(word: number, record: number, ends: boolean): void {
    const slot = slotOf(word);
    this.words[slot] = word;
    this.known[slot] = ends ? 2 : 1;
    for (let n = 0; n < WORDS; n++) this.records[slot * WORDS + n] = this.view.getUint32(record + n * 4, true);
  }
}

/** Multiplicative hashing: what differs in words lies all over them. */
const slotOf = (word: number): number => Math.imul(word, 0x9e37_79b1) >>> 16;
