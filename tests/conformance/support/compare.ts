import { type Answer, layout, namedParts, signals, type State } from './record.ts';

type Part = readonly [name: string, value: bigint];

export interface Difference {
  readonly part: string;
  readonly before: string;
  readonly ours: string;
  readonly oracle: string;
}

/** Top-byte-ignore: what Linux reports as the address of a fault has no tag. */
const ADDRESS_BITS = (1n << 56n) - 1n;
const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** QEMU learns the address of a fault from the host, which has none for addresses that it calls non-canonical. */
const hostKnows = (address: bigint): boolean => (address & ADDRESS_BITS) >> 47n === 0n;

const faults: ReadonlySet<number> = new Set([signals.SEGV, signals.BUS]);

/** How a case ended, as text. */
function ending({ signal, code, address }: Answer, addressIsKnown: boolean): string {
  const name = Object.entries(signals).find(([, number]) => number === signal)?.[0] ?? `signal ${signal}`;
  if (!faults.has(signal) || !addressIsKnown) return name;
  return `${name} code ${code} address ${hex(address & ADDRESS_BITS)}`;
}

function memoryOf({ changedAt, changed }: Answer): string {
  return changedAt >= layout.WINDOW_SIZE
    ? 'unchanged'
    : `from +${hex(BigInt(changedAt))}: ${Buffer.from(changed).toString('hex')}`;
}

/**
 * QEMU writes "no monitor" as the address of all ones: a store-exclusive to that address goes on to the access and faults, where ours fails
 * as without a monitor.
 */
function monitorOfQemu(ours: Answer, oracle: Answer): boolean {
  return oracle.signal === signals.BUS && (oracle.address & ADDRESS_BITS) === ADDRESS_BITS && !faults.has(ours.signal);
}

/** In what an answer of ours differs from the oracle's; empty where they agree. */
export function compare(before: State, ours: Answer, oracle: Answer): Difference[] {
  if (monitorOfQemu(ours, oracle)) return [];
  const differences: Difference[] = [];
  const knows = hostKnows(ours.address) && oracle.address !== 0n;
  const [end, otherEnd] = [ending(ours, knows), ending(oracle, knows)];
  if (end !== otherEnd) differences.push({ part: 'ends', before: '', ours: end, oracle: otherEnd });
  // DDI 0487 B2.2.1, D1.3.4: what an instruction that ends in a data abort should have loaded or stored is UNKNOWN. QEMU does part of it;
  // we leave registers alone, and memory but for what lies before the access that failed.
  const aborted = end === otherEnd && faults.has(ours.signal);
  const theirs = [...namedParts(oracle.state)];
  const start = [...namedParts(before)];
  [...namedParts(ours.state)].forEach(([part, value], i) => {
    const [other, initial] = [(theirs[i] as Part)[1], (start[i] as Part)[1]];
    if (value === other || (aborted && value === initial && /^[XV]\d/.test(part))) return;
    differences.push({ part, before: hex(initial), ours: hex(value), oracle: hex(other) });
  });
  const [memory, otherMemory] = [memoryOf(ours), memoryOf(oracle)];
  if (memory !== otherMemory && !aborted) differences.push({ part: 'memory', before: '', ours: memory, oracle: otherMemory });
  return differences;
}
