import type { AccessSize } from '../cell.ts';
import { skip, type Entry, type Verdict } from '../entry.ts';

/** ISS of a data abort. */
const CM = 1 << 8;
const S1PTW = 1 << 7;
const WNR = 1 << 6;
const ISV = 1 << 24;
const SSE = 1 << 21;
const SF = 1 << 15;
/** DFSC, whose lowest two bits are the level. */
const TRANSLATION = 0b0001;

/** The cell reaches for an address that is not memory of its own: a device of its board, or nothing. */
export function memoryAbort(entry: Entry): Verdict {
  const { iss, processor, cell, cpu, services } = entry;
  if (((iss >> 2) & 15) !== TRANSLATION || iss & S1PTW) return 'inject';
  // There is no cache to maintain.
  if (iss & CM) return skip(entry);
  // Without a syndrome: pairs, vectors, writeback. Devices are not reached by those.
  if ((iss & ISV) === 0) return 'inject';
  const ipa = Number(((processor.get64('HPFAR_EL2') >> 4n) << 12n) | (processor.get64('FAR_EL2') & 0xfffn));
  const size = (1 << ((iss >> 22) & 3)) as AccessSize;
  const register = (iss >> 16) & 31;
  // What a device of the cell says may depend on what the guest did at its list registers.
  cpu.interrupts.pull();
  processor.charge(services.costs.emulateNs);
  if (iss & WNR) {
    const value = register === 31 ? 0n : processor.x(register);
    return cell.parts.bus.write(cpu.index, ipa, size, value) ? skip(entry) : 'inject';
  }
  const read = cell.parts.bus.read(cpu.index, ipa, size);
  if (read === undefined) return 'inject';
  if (register !== 31) processor.setX(register, extend(read, size, iss));
  return skip(entry);
}

/** Bytes of a table of vectors. */
const VECTORS = 0x800n;

/** There is no code for the cell at that address. Where its vectors should be, it would fault for ever. */
export function fetchAbort({ processor }: Entry): Verdict {
  const intoVectors = BigInt.asUintN(64, processor.get64('ELR_EL2') - processor.get64('VBAR_EL1')) < VECTORS;
  return intoVectors ? 'forbidden' : 'inject';
}

function extend(value: bigint, size: AccessSize, iss: number): bigint {
  if ((iss & SSE) === 0) return value;
  const signed = BigInt.asIntN(size * 8, value);
  return BigInt.asUintN(iss & SF ? 64 : 32, signed);
}
