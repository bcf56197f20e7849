import type { DeviceState } from '../../devices/device.ts';
import type { PanelConfig } from '../config.ts';

/** Which cell has the display and what hands do. Cells are meant by their number, in the order of the configuration, from 0 on. */
export class DisplayFocus {
  /** The cell that has the screen, but for the strip. */
  foreground: number;
  /** The overlay's cell has taken all of it: nothing of others is shown, and no input reaches them. */
  isTaken = false;
  /** Of the overlay; undefined where there is none. */
  readonly secure: number | undefined;
  private readonly first: number;
  /** Cells with a screen, but for the overlay's. */
  private readonly others: readonly number[];
  private readonly listeners: (() => void)[] = [];

  /** `withScreens`: numbers of the cells that have one. */
  constructor({ foreground, overlay }: PanelConfig, names: readonly string[], withScreens: readonly number[]) {
    this.secure = overlay && names.indexOf(overlay.cell);
    this.others = withScreens.filter((cell) => cell !== this.secure);
    this.foreground = this.first = names.indexOf(foreground);
  }

  /** Who gets what hands do. */
  get owner(): number {
    return this.isTaken ? (this.secure as number) : this.foreground;
  }

  /** Calls `act` whenever somebody else has the screen. */
  onChange(act: () => void): void {
    this.listeners.push(act);
  }

  canHave(cell: number): boolean {
    return this.others.includes(cell);
  }

  /** Gives the screen to a cell; false where that has none, or the overlay's cell has taken it. */
  give(cell: number): boolean {
    if (this.isTaken || !this.canHave(cell)) return false;
    this.change(() => (this.foreground = cell));
    return true;
  }

  /** Whose turn it is after the foreground's. */
  get next(): number {
    return this.others[(this.others.indexOf(this.foreground) + 1) % this.others.length] ?? this.foreground;
  }

  /** The overlay's cell takes the screen, or gives it back. */
  take(isTaken: boolean): void {
    this.change(() => (this.isTaken = isTaken));
  }

  reset(): void {
    [this.foreground, this.isTaken] = [this.first, false];
  }

  private change(act: () => void): void {
    const { owner, foreground } = this;
    act();
    if (owner !== this.owner || foreground !== this.foreground) for (const tell of this.listeners) tell();
  }

  save(): DeviceState {
    return { foreground: this.foreground, isTaken: this.isTaken };
  }

  restore(state: DeviceState): void {
    this.foreground = state['foreground'] as number;
    this.isTaken = state['isTaken'] as boolean;
  }
}
