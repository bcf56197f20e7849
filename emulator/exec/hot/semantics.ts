import { concreteOperands, type RawFields, type Reg, type RegisterRole } from '../../ir/builder.ts';
import { ends, type Value, type Variable } from '../../ir/nodes.ts';
import { evaluate } from '../../ir/passes/integer.ts';
import { ops, type Type } from '../../ir/ops.ts';
import { Semantics } from '../../isa/derive/semantics.ts';
import { SLOT_SP } from '../../state/layout.ts';
import { conditionBy, flagKind, type FlagState, type FlagVariables } from './flags.ts';

const ZERO = 31;
const flagConditions: Readonly<Record<string, number>> = { ZF: 0, CF: 2, NF: 4, VF: 6 };
/** Fields that no instruction of a region changes: only what changes the level or a control register does. */
const constantFields = new Set(['EL', 'SP_CHECK', 'FP_TRAP', 'FPCR']);
/** Vector registers count behind the slots of X among those that a region changes. */
export const FIRST_VECTOR = 64;

/** What takes bits for a number: its inverse, the lane operation that gives such bits, and the one that gives the number. */
const bitsOf: Readonly<Record<string, { inverse: string; lane: string; numberLane: string }>> = {
  'f64.reinterpret_i64': { inverse: 'i64.reinterpret_f64', lane: 'i64x2.extract_lane', numberLane: 'f64x2.extract_lane' },
  'f32.reinterpret_i32': { inverse: 'i32.reinterpret_f32', lane: 'i32x4.extract_lane', numberLane: 'f32x4.extract_lane' },
};

const isInteger = ({ node, type }: Value): boolean => node.kind === 'const' && (type === 'i64' || type === 'i32');

/** What the instructions of a region share: the variables that stand for registers, and what is known about the flags. */
export class RegionState {
  private variableCount = 0;
  readonly pc = this.variable('i64');
  readonly flagVariables: FlagVariables = {
    kind: this.variable('i32'),
    x: this.variable('i64'),
    y: this.variable('i64'),
  };
  flags: FlagState = { by: 'unknown' };
  /** By slot of X. */
  readonly registers = new Map<number, Variable>();
  /** Slots of X that are changed anywhere, and where the code is now. */
  readonly registersWritten = new Set<number>();
  defined = new Set<number>();
  readonly vectors = new Map<number, Variable>();
  readonly constants = new Map<string, Variable>();
  /** Whether arithmetic rounds as the host does, as far as that is known when the region is entered. */
  roundsAsHost: Variable | undefined;
  /** Whether this path has made sure already that floating point is not trapped. */
  isFpChecked = false;
  /** Variables that live longer than an instruction and are new since somebody looked. */
  fresh: Variable[] = [];

  variable(type: Type): Variable {
    return { id: this.variableCount++, type };
  }

  lasting(type: Type): Variable {
    const variable = this.variable(type);
    this.fresh.push(variable);
    return variable;
  }

  register(slot: number): Variable {
    let variable = this.registers.get(slot);
    if (!variable) this.registers.set(slot, (variable = this.lasting('i64')));
    return variable;
  }

  vector(n: number): Variable {
    let variable = this.vectors.get(n);
    if (!variable) this.vectors.set(n, (variable = this.lasting('v128')));
    return variable;
  }

  constant(field: string): Variable {
    let variable = this.constants.get(field);
    if (!variable) this.constants.set(field, (variable = this.lasting('i32')));
    return variable;
  }
}

/**
 * The builder of one instruction of a region: general registers, the stack pointer and flags are variables, and what follows from the
 * fields of the encoding is computed here.
 */
export class RegionSemantics extends Semantics {
  /** The flags must be in the state before this instruction. */
  needsFlags = false;
  private readonly region: RegionState;
  private readonly fields: RawFields;
  private readonly delta: number;

  /** `delta`: bytes from the region's entry to the instruction. */
  constructor(region: RegionState, fields: RawFields, delta: number) {
    super(concreteOperands(fields));
    this.region = region;
    this.fields = fields;
    this.delta = delta;
  }

  override variable(type: Type, initial: Value): Variable {
    const variable = this.region.variable(type);
    this.setVar(variable, initial);
    return variable;
  }

  override get pc(): Value {
    const entry = this.getVar(this.region.pc);
    return this.delta === 0 ? entry : this.op('i64.add', entry, this.i64(this.delta));
  }

  override op(name: string, ...args: Value[]): Value {
    if (args.every(isInteger)) {
      const result = evaluate(
        name,
        args.map(({ node }) => BigInt((node as { value: bigint }).value)),
      );
      if (result !== undefined)
        return ops.get(name)?.result === 'i64' ? this.i64(result) : this.i32(Number(BigInt.asIntN(32, result)));
    }
    return this.reinterpreted(name, args[0]) ?? super.op(name, ...args);
  }

  /** Bits of a lane as a number, and bits of a number as a lane, without a way through a general register of the host. */
  private reinterpreted(name: string, x: Value | undefined): Value | undefined {
    const bits = bitsOf[name];
    if (!bits || x?.node.kind !== 'op') return undefined;
    const { op, lane, args } = x.node;
    if (op === bits.inverse) return args[0];
    return op === bits.lane && lane === 0 ? super.lane(bits.numberLane, 0, args[0] as Value) : undefined;
  }

  override lane(name: string, lane: number, ...args: Value[]): Value {
    const [vector, value] = args as [Value, Value?];
    if (name === 'i64x2.replace_lane' && value?.node.kind === 'op') {
      const { op, args: of } = value.node;
      if (op === 'i64.reinterpret_f64') return super.lane('f64x2.replace_lane', lane, vector, of[0] as Value);
      const inner = of[0]?.node;
      const isZero = lane === 0 && vector.node.kind === 'v128' && vector.node.lo === 0n;
      if (isZero && op === 'i64.extend_i32_u' && inner?.kind === 'op' && inner.op === 'i32.reinterpret_f32') {
        return super.lane('f32x4.replace_lane', 0, vector, inner.args[0] as Value);
      }
    }
    return super.lane(name, lane, ...args);
  }

  // --- registers ---------------------------------------------------------------------------------------------------------------

  private slotOf(reg: Reg, role: RegisterRole): number {
    const n = ((this.fields[reg.field] as number) + reg.plus) & 31;
    return n === 31 && role === 'sp' ? SLOT_SP : n;
  }

  override getSlot(reg: Reg, role: RegisterRole, type: 'i32' | 'i64' | 'v128' | 'f32' | 'f64'): Value {
    if (role === 'vector') return this.getVector(this.slotOf(reg, role), type);
    const slot = this.slotOf(reg, role);
    const value = slot === ZERO ? this.i64(0) : this.getVar(this.region.register(slot));
    return type === 'i32' ? this.op('i32.wrap_i64', value) : value;
  }

  override setSlot(reg: Reg, role: RegisterRole, value: Value): void {
    const slot = this.slotOf(reg, role);
    if (role === 'vector') return this.setVector(slot, value);
    if (slot !== ZERO) this.setRegister(slot, value);
  }

  private getVector(n: number, type: 'i32' | 'i64' | 'v128' | 'f32' | 'f64'): Value {
    const vector = this.getVar(this.region.vector(n));
    if (type === 'v128') return vector;
    return this.lane({ i32: 'i32x4', i64: 'i64x2', f32: 'f32x4', f64: 'f64x2' }[type] + '.extract_lane', 0, vector);
  }

  private setVector(n: number, value: Value): void {
    this.region.defined.add(FIRST_VECTOR + n);
    this.setVar(this.region.vector(n), value);
  }

  override roundsAsHost(): Value {
    this.region.roundsAsHost ??= this.region.lasting('i32');
    return this.getVar(this.region.roundsAsHost);
  }

  override checkFp(): void {
    if (this.region.isFpChecked) return;
    super.checkFp();
    this.region.isFpChecked = true;
  }

  private setRegister(slot: number, value: Value): void {
    this.region.registersWritten.add(slot);
    this.region.defined.add(slot);
    this.setVar(this.region.register(slot), value);
  }

  override getField(field: string, index = 0): Value {
    if (field === 'X') return this.getVar(this.region.register(index));
    if (constantFields.has(field)) return this.getVar(this.region.constant(field));
    const cond = flagConditions[field];
    return cond === undefined || this.flagsInMemory() ? super.getField(field, index) : this.condition(cond);
  }

  override setField(field: string, value: Value, index = 0): void {
    if (field === 'X') this.setRegister(index, value);
    else super.setField(field, value, index);
  }

  // --- flags -------------------------------------------------------------------------------------------------------------------

  /** Whether the state has the flags. Where nothing is known they are put there first. */
  private flagsInMemory(): boolean {
    if (this.region.flags.by === 'unknown') {
      this.needsFlags = true;
      this.region.flags = { by: 'memory' };
    }
    return this.region.flags.by === 'memory';
  }

  private setFlags(state: FlagState, kind: number, x: Value, y?: Value): void {
    const variables = this.region.flagVariables;
    this.setVar(variables.kind, this.i32(kind));
    this.setVar(variables.x, this.to64(x));
    if (y) this.setVar(variables.y, this.to64(y));
    this.region.flags = state;
  }

  override subtract(sf: number, x: Value, y: Value, setFlags: boolean): Value {
    if (setFlags) this.setFlags({ by: 'sub', sf }, sf ? flagKind.sub64 : flagKind.sub32, x, y);
    return super.subtract(sf, x, y, false);
  }

  override addWithCarry(sf: number, x: Value, y: Value, carry: 0 | 1 | 'C', setFlags: boolean): Value {
    if (!setFlags || carry !== 0) return super.addWithCarry(sf, x, y, carry, setFlags);
    this.setFlags({ by: 'add', sf }, sf ? flagKind.add64 : flagKind.add32, x, y);
    return super.addWithCarry(sf, x, y, 0, false);
  }

  override setLogicalFlags(sf: number, result: Value): void {
    this.setFlags({ by: 'logic', sf }, sf ? flagKind.logic64 : flagKind.logic32, result);
  }

  override setNzcv(n: Value, z: Value, c: Value, v: Value): void {
    const at = (flag: Value, bit: number): Value => this.op('i32.shl', flag, this.i32(bit));
    this.setNzcvBits(this.op('i32.or', this.op('i32.or', at(n, 3), at(z, 2)), this.op('i32.or', at(c, 1), v)));
  }

  override setNzcvBits(bits: Value): void {
    const packed = this.op('i32.and', bits, this.i32(15));
    const { node } = packed;
    this.setFlags(
      node.kind === 'const' ? { by: 'constant', nzcv: Number(node.value) } : { by: 'packed' },
      flagKind.packed,
      packed,
    );
  }

  override condition(cond: number): Value {
    if (cond >= 14) return this.i32(1);
    if (this.flagsInMemory()) return super.condition(cond);
    return conditionBy(this, this.region.flags, this.region.flagVariables, cond);
  }

  override if(cond: Value, then: () => void, otherwise: () => void = () => {}, unlikely = false): void {
    if (cond.node.kind === 'const') return cond.node.value ? then() : otherwise();
    const { region } = this;
    const before = region.flags;
    const outcome = (): FlagState | undefined => (ends(this.statements.at(-1)) ? undefined : region.flags);
    // Whether the arms leave different flags is known afterwards only.
    const chosen = this.setsFlags(then, otherwise) ? this.chosenBy(cond) : undefined;
    let thenFlags: FlagState | undefined;
    let elseFlags: FlagState | undefined;
    super.if(
      chosen ? this.getVar(chosen) : cond,
      () => {
        then();
        thenFlags = outcome();
        region.flags = before;
      },
      () => {
        otherwise();
        elseFlags = outcome();
      },
      unlikely,
    );
    region.flags = joined(before, thenFlags, elseFlags, chosen);
  }

  /** Runs the arms on the side. */
  private setsFlags(...arms: (() => void)[]): boolean {
    const { statements, region } = this;
    const before = region.flags;
    let changed = false;
    for (const arm of arms) {
      this.statements = [];
      arm();
      changed ||= region.flags !== before && !ends(this.statements.at(-1));
      region.flags = before;
    }
    this.statements = statements;
    return changed;
  }

  private chosenBy(cond: Value): Variable {
    const chosen = this.region.lasting('i32');
    this.setVar(chosen, cond);
    return chosen;
  }
}

function joined(
  before: FlagState,
  then: FlagState | undefined,
  otherwise: FlagState | undefined,
  chosen: Variable | undefined,
): FlagState {
  if (!then || !otherwise) return then ?? otherwise ?? before;
  if (then === otherwise) return then;
  if (then.by === 'packed' && otherwise.by === 'packed') return then;
  const unfit = [then, otherwise].some(({ by }) => by === 'memory' || by === 'unknown');
  return unfit || !chosen ? { by: 'unknown' } : { by: 'either', chosen, then, else: otherwise };
}
