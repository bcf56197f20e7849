/** What the pages of functions hold: position independent code that loops, calls and computes, as it comes out of a seed. */
import { Assembler } from '../assembler.ts';
import { block, loop, plain, type Pick } from '../branchy.ts';
import { CODE_PAGES } from './layout.ts';

/** Where in each page functions begin. */
export const offsets = {
  /** Answers a constant that programs change: MOVZ X0; RET. */
  value: 0,
  /** Answers the number of the page. */
  who: 0x20,
  /** Loops over a random block. */
  work: 0x40,
  /** Calls `work` here and, in the next page, `work` and `who`; X0 becomes the sum of what both pages answer to `who`. */
  calls: 0x800,
  /** EL0's program: calls `work` and asks for SVC #0, over and over, then ends by SVC #1. */
  user: 0x900,
} as const;

/** A word of `work` that may become another: no part of the loop around them. */
export interface WorkBody {
  /** Offset in the page of the first word, and how many there are. */
  readonly first: number;
  readonly count: number;
}

const FP = [0x1e602800, 0x1e600800, 0x1e603800, 0x9e620000, 0x4ea08400, 0x6e201c00] as const;
const WIDE = [0xdac01000, 0xdac00c00, 0x9ac00800, 0x9bc07c00, 0x93c00400, 0x9ac05c00] as const;

/** Beside the plain ones: pairs, SIMD and floating point, divisions, CRC. */
function mixed(pick: Pick): number {
  const [rd, rn, rm] = [pick(8), pick(8), pick(8)];
  switch (pick(12)) {
    case 0: {
      const word = FP[pick(FP.length)] as number;
      return word | ((word & 0xffff0000) >>> 0 === 0x9e620000 ? 0 : rm << 16) | (rn << 5) | rd;
    }
    case 1: {
      const word = WIDE[pick(WIDE.length)] as number;
      return word | ((word & 0xffe00000) >>> 0 === 0xdac00000 ? 0 : rm << 16) | (rn << 5) | rd;
    }
    case 2: // STP, LDP
      return ([0xa9000000, 0xa9400000][pick(2)] as number) | (pick(32) << 15) | (((rd + 1) & 7) << 10) | (20 << 5) | rd;
    case 3: // STR and LDR of Q registers
      return ([0x3d800000, 0x3dc00000][pick(2)] as number) | (pick(30) << 10) | (20 << 5) | rd;
    default:
      return plain(pick);
  }
}

export interface FunctionPage {
  readonly bytes: Uint8Array;
  readonly body: WorkBody;
}

export function functionPage(page: number, pick: Pick): FunctionPage {
  const a = new Assembler(0);
  a.mov(0, 0x100 + page);
  a.ret();
  a.padTo(offsets.who);
  a.mov(0, page);
  a.ret();
  a.padTo(offsets.work);
  a.label('work');
  const body = block(pick, 4 + pick(24), mixed);
  const first = a.here + 4;
  a.word(...loop(pick, 22, 4 + pick(20), body));
  a.ret();
  a.padTo(offsets.calls);
  a.push(30, 19);
  a.bl('work');
  if (page + 1 < CODE_PAGES) {
    const far = (offset: number): void => a.word(0x94000000 | ((4096 + offset - a.here) >> 2));
    far(offsets.work);
    far(offsets.who);
    a.movReg(19, 0);
    a.adr(16, 'here');
    a.label('here');
    a.word(0x94000000 | (((offsets.who - a.here) >> 2) & 0x3ffffff));
    a.add(0, 0, 19);
  }
  a.pop(30, 19);
  a.ret();
  a.padTo(offsets.user);
  a.mov(23, 6 + pick(20));
  a.label('again');
  a.bl('work');
  a.svc(0);
  a.subsi(23, 23, 1);
  a.bIf('ne', 'again');
  a.svc(1);
  a.padTo(4096);
  return { bytes: a.bytes(), body: { first, count: body.length } };
}
