import type { PanelConfig } from '../config.ts';

/** Part of a picture, in pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Who has which part of the display, before it is turned. */
export interface DisplayLayout {
  /** All of it, as guests see it: sides are exchanged where the panel is mounted on its side. */
  readonly whole: Area;
  /** The overlay's strip; absent where there is none. */
  readonly strip: Area | undefined;
  /** What is left to the cell that has the screen. */
  readonly rest: Area;
}

export function displayLayout({
  width,
  height,
  rotation,
  overlay,
}: Omit<PanelConfig, 'foreground' | 'switchKey'>): DisplayLayout {
  const isOnSide = rotation === 90 || rotation === 270;
  const whole = { x: 0, y: 0, width: isOnSide ? height : width, height: isOnSide ? width : height };
  if (!overlay) return { whole, strip: undefined, rest: whole };
  const left = whole.height - overlay.height;
  const isTop = overlay.edge === 'top';
  return {
    whole,
    strip: { ...whole, y: isTop ? 0 : left, height: overlay.height },
    rest: { ...whole, y: isTop ? overlay.height : 0, height: left },
  };
}

/** Where a place of the panel is in the picture before it is turned; both as parts of width and height, 0 to 1. */
export function unturned(rotation: PanelConfig['rotation'], x: number, y: number): { x: number; y: number } {
  switch (rotation) {
    case 0:
      return { x, y };
    case 90:
      return { x: y, y: 1 - x };
    case 180:
      return { x: 1 - x, y: 1 - y };
    case 270:
      return { x: 1 - y, y: x };
  }
}

export const contains = ({ x, y, width, height }: Area, atX: number, atY: number): boolean =>
  atX >= x && atX < x + width && atY >= y && atY < y + height;
