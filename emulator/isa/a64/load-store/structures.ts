/**
 * Loads and stores of structures: LD1 to LD4, ST1 to ST4 of multiple and of single structures, LD1R to LD4R, without offset and
 * post-indexed (DDI 0487 C4.1.94). All loads come before the first register is written, as any of them may fault.
 */
import type { Reg } from '../../../ir/builder.ts';
import type { Value } from '../../../ir/nodes.ts';
import { decimal, line, memory, x } from '../../derive/assembler.ts';
import { insn, type Row } from '../../derive/insn.ts';
import { access, type Semantics } from '../../derive/semantics.ts';
import { extract, insert, splat, zero } from '../simd/lanes.ts';
import { registerList } from '../simd/register-list.ts';

const range = (count: number): number[] => [...Array(count).keys()];

/** No offset; the size of the transfer is added; a register is added. Which of these decides bits 23 and 20:16. */
type Indexing = 'none' | 'immediate' | 'register';
const indexings: readonly Indexing[] = ['none', 'immediate', 'register'];
const baseBits: Record<Indexing, [post: string, register: string]> = {
  none: ['0', '00000'],
  immediate: ['1', '11111'],
  register: ['1', 'Rm:5'],
};
const suffix: Record<Indexing, string> = { none: '', immediate: '_post', register: '_post_register' };

interface Base {
  readonly Rn: Reg;
  readonly Rm: Reg;
}

function writeBack(b: Semantics, f: Base, indexing: Indexing, bytes: number): void {
  if (indexing === 'none') return;
  b.setGprOrSp(f.Rn, b.op('i64.add', b.xsp(f.Rn), indexing === 'register' ? b.x(f.Rm) : b.i64(bytes)));
}

function addressText(indexing: Indexing, r: { Rn: number; Rm: number }, bytes: number): string {
  const offset = { none: undefined, immediate: decimal(bytes), register: x(r.Rm) }[indexing];
  return offset === undefined ? memory(r.Rn) : `${memory(r.Rn)}, ${offset}`;
}

const at = (b: Semantics, base: Value, bytes: number): Value => (bytes ? b.op('i64.add', base, b.i64(bytes)) : base);

// --- multiple structures -------------------------------------------------------------------------------------------------------
/** By opcode: registers, and how many of them make a structure. */
const multiple: Record<number, { registers: number; elements: number }> = {
  0b0000: { registers: 4, elements: 4 },
  0b0010: { registers: 4, elements: 1 },
  0b0100: { registers: 3, elements: 3 },
  0b0110: { registers: 3, elements: 1 },
  0b0111: { registers: 1, elements: 1 },
  0b1000: { registers: 2, elements: 2 },
  0b1010: { registers: 2, elements: 1 },
};

/** Bytes of several vectors, of which the first `bytes` count each, by their numbers in the concatenation. */
function gather(b: Semantics, vectors: readonly Value[], bytes: number, picks: readonly number[]): Value {
  if (vectors.length === 1) return vectors[0] as Value;
  const place = (pick: number): [vector: number, byte: number] => [Math.floor(pick / bytes), pick % bytes];
  return vectors.slice(1).reduce(
    (result, vector, i) =>
      b.shuffle(
        result,
        vector,
        picks.map((pick, to) => {
          const [from, byte] = place(pick);
          if (from === i + 1) return 16 + byte;
          return from === 0 && i === 0 ? byte : to;
        }),
      ),
    vectors[0] as Value,
  );
}

/** Element e of memory is element e / elements of register e % elements. Answers the byte of memory for each byte of a register. */
const fromMemory = (register: number, size: number, elements: number): number[] =>
  range(16).map((i) => (((i >> size) * elements + register) << size) + (i & ((1 << size) - 1)));

/** The inverse: the byte of the registers for each byte of a piece of memory. */
const fromRegisters = (piece: number, bytes: number, size: number, elements: number): number[] =>
  range(16).map((i) => {
    const element = (piece * bytes + i) >> size;
    return (element % elements) * bytes + (Math.floor(element / elements) << size) + (i & ((1 << size) - 1));
  });

interface Layout {
  readonly registers: number;
  readonly elements: number;
  readonly size: number;
  /** Of a register, and of the pieces in which memory is accessed. */
  readonly bytes: number;
}

function loadMultiple(b: Semantics, base: Value, first: Reg, { registers, elements, size, bytes }: Layout): void {
  const pieces = range(registers).map((i) => {
    const piece = b.load(at(b, base, i * bytes), bytes, access.element(size));
    return bytes === 16 ? piece : insert(b, 3, 0, zero(b), piece);
  });
  const values = pieces.map((piece, i) =>
    elements === 1 ? piece : gather(b, pieces, bytes, wrapped(fromMemory(i, size, elements), registers * bytes)),
  );
  values.forEach((value, i) => b.setV(b.next(first, i), value, bytes === 16 ? 1 : 0));
}

/** Bytes beyond those that a vector of 64 bits has do not matter. */
const wrapped = (picks: readonly number[], count: number): number[] => picks.map((pick) => pick % count);

function storeMultiple(b: Semantics, base: Value, first: Reg, { registers, elements, size, bytes }: Layout): void {
  const sources = range(registers).map((i) => b.v(b.next(first, i)));
  sources.forEach((source, i) => {
    const picks = wrapped(fromRegisters(i, bytes, size, elements), registers * bytes);
    const piece = elements === 1 ? source : gather(b, sources, bytes, picks);
    b.store(at(b, base, i * bytes), bytes, bytes === 16 ? piece : extract(b, 3, 1, 0, piece), access.element(size));
  });
}

function multipleRow(indexing: Indexing): Row {
  const [post, register] = baseBits[indexing];
  const pattern = `0 Q:1 001100 ${post} L:1 0 ${register} opcode:4 size:2 Rn:5 Vt:5`;
  const bytesOf = (Q: number): number => (Q ? 16 : 8);
  return insn(`LDST_multiple${suffix[indexing]}`, pattern as '0 Q:1 001100 1 L:1 0 Rm:5 opcode:4 size:2 Rn:5 Vt:5', {
    // A structure has no vectors of one element.
    when: (r) => {
      const kind = multiple[r.opcode];
      return kind !== undefined && (r.size < 3 || r.Q === 1 || kind.elements === 1) && !(indexing === 'register' && r.Rm === 31);
    },
    asm: (r) => {
      const { registers, elements } = multiple[r.opcode] as { registers: number; elements: number };
      const list = registerList(r.Vt, registers, `${(8 << r.Q) >> r.size}${'bhsd'[r.size]}`);
      return line(`${r.L ? 'ld' : 'st'}${elements}`, list, addressText(indexing, r, registers * bytesOf(r.Q)));
    },
    semantics: (b, f) => {
      b.checkFp();
      const { registers, elements } = multiple[f.opcode] as { registers: number; elements: number };
      const layout = { registers, elements, size: f.size, bytes: bytesOf(f.Q) };
      (f.L ? loadMultiple : storeMultiple)(b, b.xsp(f.Rn), f.Vt, layout);
      writeBack(b, f, indexing, registers * bytesOf(f.Q));
    },
  });
}

// --- single structures ---------------------------------------------------------------------------------------------------------
interface Lane {
  readonly Q: number;
  readonly scale: number;
  readonly S: number;
  readonly size: number;
}

/** Size of the elements and the lane; `undefined` where reserved. */
function laneOf({ Q, scale, S, size }: Lane): { size: number; index: number } | undefined {
  const bits = (Q << 3) | (S << 2) | size;
  if (scale === 0) return { size: 0, index: bits };
  if (scale === 1) return size & 1 ? undefined : { size: 1, index: bits >> 1 };
  if (size === 0) return { size: 2, index: bits >> 2 };
  return size === 1 && S === 0 ? { size: 3, index: Q } : undefined;
}

function singleRow(indexing: Indexing): Row {
  const [post, register] = baseBits[indexing];
  const pattern = `0 Q:1 001101 ${post} L:1 selem0:1 ${register} scale:2 selem1:1 S:1 size:2 Rn:5 Vt:5`;
  const count = (r: { selem0: number; selem1: number }): number => 1 + r.selem0 + 2 * r.selem1;
  return insn(
    `LDST_lane${suffix[indexing]}`,
    pattern as '0 Q:1 001101 1 L:1 selem0:1 Rm:5 scale:2 selem1:1 S:1 size:2 Rn:5 Vt:5',
    {
      when: (r) => r.scale < 3 && laneOf(r) !== undefined && !(indexing === 'register' && r.Rm === 31),
      asm: (r) => {
        const { size, index } = laneOf(r) as { size: number; index: number };
        const list = registerList(r.Vt, count(r), 'bhsd'[size] as string);
        return line(`${r.L ? 'ld' : 'st'}${count(r)}`, `${list}[${index}]`, addressText(indexing, r, count(r) << size));
      },
      semantics: (b, f) => {
        b.checkFp();
        const { size, index } = laneOf(f) as { size: number; index: number };
        const base = b.xsp(f.Rn);
        const members = range(count(f)).map((i) => ({ reg: b.next(f.Vt, i), va: at(b, base, i << size) }));
        if (f.L) {
          const elements = members.map(({ va }) => b.load(va, 1 << size));
          members.forEach(({ reg }, i) => b.setV(reg, insert(b, size, index, b.v(reg), elements[i] as Value)));
        } else {
          members.forEach(({ reg, va }) => b.store(va, 1 << size, extract(b, size, 1, index, b.v(reg))));
        }
        writeBack(b, f, indexing, count(f) << size);
      },
    },
  );
}

function replicateRow(indexing: Indexing): Row {
  const [post, register] = baseBits[indexing];
  const pattern = `0 Q:1 001101 ${post} 1 selem0:1 ${register} 11 selem1:1 0 size:2 Rn:5 Vt:5`;
  const count = (r: { selem0: number; selem1: number }): number => 1 + r.selem0 + 2 * r.selem1;
  return insn(`LD_replicate${suffix[indexing]}`, pattern as '0 Q:1 001101 1 1 selem0:1 Rm:5 11 selem1:1 0 size:2 Rn:5 Vt:5', {
    when: (r) => !(indexing === 'register' && r.Rm === 31),
    asm: (r) => {
      const list = registerList(r.Vt, count(r), `${(8 << r.Q) >> r.size}${'bhsd'[r.size]}`);
      return line(`ld${count(r)}r`, list, addressText(indexing, r, count(r) << r.size));
    },
    semantics: (b, f) => {
      b.checkFp();
      const base = b.xsp(f.Rn);
      const elements = range(count(f)).map((i) => b.load(at(b, base, i << f.size), 1 << f.size));
      elements.forEach((element, i) => b.setV(b.next(f.Vt, i), splat(b, f.size, element), f.Q));
      writeBack(b, f, indexing, count(f) << f.size);
    },
  });
}

export const structures: readonly Row[] = indexings.flatMap((indexing) => [
  multipleRow(indexing),
  singleRow(indexing),
  replicateRow(indexing),
]);
