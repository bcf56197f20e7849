import type { Device, DeviceState, Line } from '../../devices/device.ts';
import type { DisplayFocus } from './focus.ts';
import type { DisplayLayout } from './layout.ts';

export interface ScreenControlOptions {
  readonly irq: Line;
  readonly focus: DisplayFocus;
  readonly layout: DisplayLayout;
  /** Of all cells, by number. */
  readonly names: readonly string[];
}

/** Registers, 32 bits each. */
export const screenRegisters = {
  /** 1 takes the whole screen and all input, 0 gives both back. Reads as it is. */
  TAKE: 0x00,
  /** The number of the cell that has the screen. Reading takes the interrupt down, which is up since another has it. */
  FOREGROUND: 0x04,
  /** Pixels of the display, as guests see it. */
  WIDTH: 0x08,
  HEIGHT: 0x0c,
  /** The strip: its first row, and how many there are. */
  STRIP_TOP: 0x10,
  STRIP_HEIGHT: 0x14,
  /** The name of the cell that has the screen: 32 bytes, those behind it are 0. */
  NAME: 0x20,
} as const;

const NAME_BYTES = 32;

/** By what the overlay's cell knows who has the screen, and takes it. No other cell has one. */
export class ScreenControl implements Device {
  readonly kind = 'screen-control';
  private readonly options: ScreenControlOptions;
  private isPending = false;

  constructor(options: ScreenControlOptions) {
    this.options = options;
    options.focus.onChange(() => this.setPending(true));
  }

  read(offset: number, size: 1 | 2 | 4): number {
    const { focus, layout } = this.options;
    const { TAKE, FOREGROUND, WIDTH, HEIGHT, STRIP_TOP, STRIP_HEIGHT, NAME } = screenRegisters;
    if (offset >= NAME && offset < NAME + NAME_BYTES) return this.name(offset - NAME, size);
    switch (offset) {
      case TAKE:
        return focus.isTaken ? 1 : 0;
      case FOREGROUND:
        this.setPending(false);
        return focus.foreground;
      case WIDTH:
        return layout.whole.width;
      case HEIGHT:
        return layout.whole.height;
      case STRIP_TOP:
        return layout.strip?.y ?? 0;
      case STRIP_HEIGHT:
        return layout.strip?.height ?? 0;
      default:
        return 0;
    }
  }

  write(offset: number, _size: 1 | 2 | 4, value: number): void {
    if (offset === screenRegisters.TAKE) this.options.focus.take((value & 1) !== 0);
  }

  /** What a cell that begins anew had taken is free again. */
  reset(): void {
    this.options.focus.take(false);
    this.setPending(false);
  }

  save(): DeviceState {
    return { isPending: this.isPending };
  }

  restore(state: DeviceState): void {
    this.setPending(state['isPending'] as boolean);
  }

  private setPending(isPending: boolean): void {
    this.isPending = isPending;
    this.options.irq.set(isPending);
  }

  /** Little-endian, as all of it. */
  private name(at: number, size: number): number {
    const name = this.options.names[this.options.focus.foreground] ?? '';
    let value = 0;
    for (let n = size - 1; n >= 0; n--) value = value * 256 + (at + n < NAME_BYTES - 1 ? name.charCodeAt(at + n) || 0 : 0);
    return value;
  }
}
