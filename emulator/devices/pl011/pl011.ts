import type { Device, DeviceState, Line } from '../device.ts';
import { primeCellId } from '../primecell.ts';

/**
 * The UART PL011 (Arm DDI 0183G), as far as software can tell it from QEMU's. Transmission takes no time. Modem lines, DMA, IrDA, breaks
 * and line errors are absent: their registers hold what is written and nothing follows.
 */
export interface Pl011 extends Device {
  /** Bytes from outside. What the FIFO cannot take waits on the host's side, without bound, and follows as the guest reads. */
  receive(bytes: Uint8Array): void;
}

export interface Pl011Options {
  irq: Line;
  onTransmit(byte: number): void;
}

const DR = 0x00;
const RSR = 0x04;
const FR = 0x18;
const LCR_H = 0x2c;
const RIS = 0x3c;
const MIS = 0x40;
const ICR = 0x44;

/** Registers that hold what was written: their names here and the bits that exist (DDI 0183G 3.2). */
const stored = {
  0x20: ['ilpr', 0xff],
  0x24: ['ibrd', 0xffff],
  0x28: ['fbrd', 0x3f],
  [LCR_H]: ['lcrH', 0xff],
  0x30: ['cr', 0xffff],
  0x34: ['ifls', 0x3f],
  0x38: ['imsc', 0x7ff],
  0x48: ['dmacr', 0x7],
} as const;

const powerOn = { ilpr: 0, ibrd: 0, fbrd: 0, lcrH: 0, cr: 0x300, ifls: 0x12, imsc: 0, dmacr: 0, ris: 0 };

/** Bits of FR. */
const TXFE = 1 << 7;
const RXFF = 1 << 6;
const RXFE = 1 << 4;
/** Bits of RIS, MIS, IMSC and ICR. */
const RX = 1 << 4;
const TX = 1 << 5;
const RT = 1 << 6;
const LCR_H_FEN = 1 << 4;
const CR_LBE = 1 << 7;

const FIFO_DEPTH = 16;
/** IFLS[5:3], in characters; reserved values as the highest. */
const rxTriggers = [2, 4, 8, 12, 14, 14, 14, 14] as const;
/** r1p4: Linux reads the depth of the FIFO from the revision. */
const peripheralId = [0x11, 0x10, 0x14, 0x00] as const;

export function createPl011({ irq, onTransmit }: Pl011Options): Pl011 {
  let registers = { ...powerOn };
  let fifo: number[] = [];
  let waiting = new Uint8Array();

  const depth = () => (registers.lcrH & LCR_H_FEN ? FIFO_DEPTH : 1);
  const update = () => irq.set((registers.ris & registers.imsc) !== 0);

  /**
   * Moves waiting bytes into the FIFO. Each arrival raises RX whatever IFLS says, as in QEMU, so that guests which only know QEMU and
   * leave RT masked see single characters. Below the trigger level it raises RT at once instead of 32 bit periods later.
   */
  function fill() {
    const room = depth() - fifo.length;
    if (room <= 0 || waiting.length === 0) return;
    fifo.push(...waiting.subarray(0, room));
    waiting = waiting.subarray(room);
    registers.ris |= RX;
    if (fifo.length < rxTriggers[(registers.ifls >> 3) & 7]!) registers.ris |= RT;
  }

  function deliver(bytes: Uint8Array) {
    const longer = new Uint8Array(waiting.length + bytes.length);
    longer.set(waiting);
    longer.set(bytes, waiting.length);
    waiting = longer;
    fill();
  }

  function readData(): number {
    const byte = fifo.shift() ?? 0;
    if (fifo.length === 0) registers.ris &= ~(RX | RT);
    fill();
    update();
    return byte;
  }

  function writeData(byte: number) {
    if (!(registers.cr & CR_LBE)) onTransmit(byte);
    else if (fifo.length < depth()) deliver(Uint8Array.of(byte));
    // The FIFO is empty again, which is below every trigger level.
    registers.ris |= TX;
    update();
  }

  function readRegister(offset: number): number {
    switch (offset) {
      case DR:
        return readData();
      case FR:
        return TXFE | (fifo.length === 0 ? RXFE : 0) | (fifo.length >= depth() ? RXFF : 0);
      case RIS:
        return registers.ris;
      case MIS:
        return registers.ris & registers.imsc;
      case RSR:
        return 0;
      default: {
        const known = stored[offset as keyof typeof stored];
        return known ? registers[known[0]] : (primeCellId(peripheralId, offset) ?? 0);
      }
    }
  }

  function writeRegister(offset: number, value: number) {
    if (offset === DR) return writeData(value & 0xff);
    if (offset === ICR) registers.ris &= ~value;
    const known = stored[offset as keyof typeof stored];
    if (known) {
      const [name, mask] = known;
      // Turning the FIFO on or off empties it (DDI 0183G 3.3.7).
      if (offset === LCR_H && (registers.lcrH ^ value) & LCR_H_FEN) fifo = [];
      registers[name] = value & mask;
      if (offset === LCR_H) fill();
    }
    update();
  }

  return {
    kind: 'pl011',
    read: (offset, size) => readRegister(offset & ~3) & (size === 1 ? 0xff : 0xffff),
    write: (offset, _size, value) => writeRegister(offset & ~3, value),
    receive(bytes) {
      deliver(bytes);
      update();
    },
    reset() {
      registers = { ...powerOn };
      fifo = [];
      fill();
      update();
    },
    save: (): DeviceState => ({ ...registers, fifo: Uint8Array.from(fifo), waiting: waiting.slice() }),
    restore(state) {
      const { fifo: held, waiting: outside, ...values } = state;
      registers = values as typeof powerOn;
      fifo = [...(held as Uint8Array)];
      waiting = Uint8Array.from(outside as Uint8Array);
      update();
    },
  };
}
