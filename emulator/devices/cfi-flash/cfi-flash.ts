import type { Device, DeviceState } from '../device.ts';
import { cfiTable } from './cfi-table.ts';

/**
 * A bank of parallel NOR flash with Intel's command set, as QEMU's `virt` has it: 4 bytes wide, two x16 chips beside each other. Commands
 * are done at once, and programming replaces bytes (a real chip can only clear bits).
 *
 * In array mode the bank is plain read-only memory: the machine maps `bytes` for cores, and sends only writes here. The contents live with
 * the machine, as RAM does, and are part of neither save nor reset.
 */
export interface CfiFlashOptions {
  bytes: Uint8Array;
  /** Of the bank: what one erase command clears. */
  sectorBytes?: number;
  /** Nothing can be programmed or erased: the status says so. */
  readOnly?: boolean;
  /** The bank became plain memory, or stopped to be. */
  onArrayMode(isArray: boolean): void;
  /** Bytes were changed. */
  onChange(offset: number, length: number): void;
}

/** Commands (Intel 28F128J3, "Command Definitions"). */
const command = {
  READ_ARRAY: 0xff,
  PROGRAM: 0x40,
  PROGRAM_ALTERNATE: 0x10,
  ERASE: 0x20,
  CLEAR_STATUS: 0x50,
  LOCK: 0x60,
  READ_STATUS: 0x70,
  READ_ID: 0x90,
  QUERY: 0x98,
  BUFFER: 0xe8,
  CONFIRM: 0xd0,
} as const;

const BANK_BYTES = 4;
const CHIPS = 2;
const MANUFACTURER_INTEL = 0x89;
const DEVICE_ID = 0x18;
/** Bits of the status ("Status Register Definition"). */
const STATUS_READY = 0x80;
const STATUS_ERASE_ERROR = 0x20;
const STATUS_PROGRAM_ERROR = 0x10;

/** `cycle`: how many writes of a longer command have come; `left`: words that a buffer waits for. */
const powerOn = { mode: command.READ_ARRAY as number, cycle: 0, left: 0, status: STATUS_READY };

export function createCfiFlash(options: CfiFlashOptions): Device {
  const { bytes, sectorBytes = 0x4_0000, readOnly = false, onArrayMode, onChange } = options;
  const table = cfiTable({ bytes: bytes.length / CHIPS, sectorBytes: sectorBytes / CHIPS });
  let state = { ...powerOn };

  const isArray = () => state.mode === command.READ_ARRAY;
  /** Waits for more writes of this command, or shows what it answers. */
  function enter(mode: number, cycle = 0) {
    const before = isArray();
    state.mode = mode;
    state.cycle = cycle;
    if (before !== isArray()) onArrayMode(isArray());
  }
  function finish() {
    state.cycle = 0;
    state.status |= STATUS_READY;
  }

  function program(offset: number, size: number, value: number) {
    if (readOnly) return void (state.status |= STATUS_PROGRAM_ERROR);
    for (let i = 0; i < size && offset + i < bytes.length; i++) bytes[offset + i] = value >>> (8 * i);
    onChange(offset, size);
  }

  function erase(offset: number) {
    if (readOnly) return void (state.status |= STATUS_ERASE_ERROR);
    const start = offset - (offset % sectorBytes);
    bytes.fill(0xff, start, start + sectorBytes);
    onChange(start, sectorBytes);
  }

  function begin(code: number) {
    switch (code) {
      case command.PROGRAM:
      case command.PROGRAM_ALTERNATE:
      case command.ERASE:
      case command.LOCK:
      case command.BUFFER:
        enter(code, 1);
        return;
      case command.READ_STATUS:
      case command.READ_ID:
      case command.QUERY:
        enter(code);
        return;
      case command.CLEAR_STATUS:
        state.status = STATUS_READY;
        enter(command.READ_ARRAY);
        return;
      default:
        enter(command.READ_ARRAY);
    }
  }

  /** A write after the first of a command. */
  function proceed(offset: number, size: number, value: number) {
    const code = value & 0xff;
    switch (state.mode) {
      case command.PROGRAM:
      case command.PROGRAM_ALTERNATE:
        program(offset, size, value);
        return finish();
      case command.ERASE:
        if (code !== command.CONFIRM) return enter(command.READ_ARRAY);
        erase(offset);
        return finish();
      case command.LOCK:
        // Locking is accepted, and protects nothing.
        return code === command.READ_ARRAY ? enter(command.READ_ARRAY) : finish();
      case command.BUFFER:
        return proceedBuffer(offset, size, value);
    }
  }

  /** Buffered programming: words less one, the words, a confirmation. */
  function proceedBuffer(offset: number, size: number, value: number) {
    if (state.cycle === 1) {
      state.left = (value & 0xffff) + 1;
      state.cycle = 2;
    } else if (state.left > 0) {
      program(offset, size, value);
      state.left--;
    } else if ((value & 0xff) === command.CONFIRM) {
      finish();
    } else {
      enter(command.READ_ARRAY);
    }
  }

  /** The answer of both chips beside each other. */
  const both = (value: number) => (value | (value << 16)) >>> 0;

  function answer(offset: number): number {
    const word = Math.floor(offset / BANK_BYTES);
    switch (state.mode) {
      case command.READ_ID:
        return both([MANUFACTURER_INTEL, DEVICE_ID][word & 0xff] ?? 0);
      case command.QUERY:
        return both(table[word] ?? 0);
      default:
        return both(state.status);
    }
  }

  return {
    kind: 'cfi-flash',
    read(offset, size) {
      if (!isArray()) return answer(offset) % 2 ** (8 * size);
      let value = 0;
      for (let i = 0; i < size; i++) value += (bytes[offset + i] ?? 0) * 2 ** (8 * i);
      return value;
    },
    write(offset, size, value) {
      if (state.cycle === 0) begin(value & 0xff);
      else proceed(offset, size, value);
    },
    reset() {
      enter(powerOn.mode);
      state = { ...powerOn };
    },
    save: (): DeviceState => ({ ...state }),
    restore(saved) {
      const { mode, ...values } = saved as typeof powerOn;
      enter(mode);
      state = { mode, ...values };
    },
  };
}
