import { OPAQUE } from './pixels.ts';
import { ScreenReader } from './reader.ts';
import type { Rect, Surface } from './surface.ts';

/** Degrees clockwise by which a picture is turned before it is shown. */
export type Rotation = 0 | 90 | 180 | 270;

/** Part of the composed picture, and what is seen there: `surface` with its upper left corner at `origin`, and black where that ends. */
export interface Plane {
  readonly surface: Surface;
  readonly origin: { readonly x: number; readonly y: number };
  readonly area: Rect;
}

/**
 * Puts pictures beside each other on a panel, and turns them, as the planes of a display controller do. Planes do not overlap, so none can cover
 * another. Only tiles that have changed are copied.
 */
export class Compositor {
  readonly panel: Surface;
  private readonly size: { readonly width: number; readonly height: number };
  private readonly rotation: Rotation;
  private readonly readers = new Map<Surface, ScreenReader>();
  private planes: readonly Plane[] = [];

  /** `size`: of what planes lie on, before it is turned. */
  constructor(panel: Surface, size: { readonly width: number; readonly height: number }, rotation: Rotation) {
    this.panel = panel;
    this.size = size;
    this.rotation = rotation;
  }

  /** Brings the panel up to date. */
  compose(planes: readonly Plane[]): void {
    const { width, height } = this.size;
    const isTurned = this.rotation === 90 || this.rotation === 270;
    this.panel.setMode(isTurned ? height : width, isTurned ? width : height);
    const isNew = !isSame(planes, this.planes);
    this.planes = planes;
    if (isNew) this.clear();
    for (const plane of planes) {
      const changes = this.readerOf(plane.surface).changes();
      if (isNew || changes?.isResized) this.copy(plane, plane.area);
      else for (const part of changes?.damage ?? []) this.copy(plane, placed(part, plane));
    }
  }

  /** Black, also where no plane is. */
  private clear(): void {
    const { width, height } = this.panel;
    this.panel.row(0, 0, width * height).fill(OPAQUE);
    this.panel.changed({ x: 0, y: 0, width, height });
  }

  private readerOf(surface: Surface): ScreenReader {
    const reader = this.readers.get(surface) ?? new ScreenReader(surface.buffer);
    this.readers.set(surface, reader);
    return reader;
  }

  /** Copies what a plane has of a part of the picture. */
  private copy({ surface, origin, area }: Plane, part: Rect): void {
    const { x, y, width, height } = intersection(part, area);
    if (width <= 0 || height <= 0) return;
    const row = new Uint32Array(width);
    for (let n = 0; n < height; n++) {
      row.fill(OPAQUE);
      const [fromX, fromY] = [x - origin.x, y + n - origin.y];
      const count = Math.min(width, surface.width - fromX);
      if (fromX >= 0 && fromY >= 0 && fromY < surface.height && count > 0) row.set(surface.row(fromX, fromY, count));
      this.putRow(x, y + n, row);
    }
    this.panel.changed(this.turned({ x, y, width, height }));
  }

  private putRow(x: number, y: number, row: Uint32Array): void {
    const { panel, rotation } = this;
    if (rotation === 0) return panel.row(x, y, row.length).set(row);
    const start = this.turned({ x, y, width: row.length, height: 1 });
    if (rotation === 180) return panel.row(start.x, start.y, row.length).set(row.reverse());
    const step = rotation === 90 ? 1 : -1;
    let at = rotation === 90 ? start.y : start.y + row.length - 1;
    for (const pixel of row) {
      panel.row(start.x, at, 1)[0] = pixel;
      at += step;
    }
  }

  private turned({ x, y, width, height }: Rect): Rect {
    const { width: wide, height: high } = this.size;
    switch (this.rotation) {
      case 0:
        return { x, y, width, height };
      case 90:
        return { x: high - y - height, y: x, width: height, height: width };
      case 180:
        return { x: wide - x - width, y: high - y - height, width, height };
      case 270:
        return { x: y, y: wide - x - width, width: height, height: width };
    }
  }
}

const placed = ({ x, y, width, height }: Rect, { origin }: Plane): Rect => ({ x: x + origin.x, y: y + origin.y, width, height });

function intersection(a: Rect, b: Rect): Rect {
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)];
  return { x, y, width: Math.min(a.x + a.width, b.x + b.width) - x, height: Math.min(a.y + a.height, b.y + b.height) - y };
}

function isSame(some: readonly Plane[], others: readonly Plane[]): boolean {
  const isEqual = (a: Plane, b: Plane): boolean =>
    a.surface === b.surface &&
    a.origin.x === b.origin.x &&
    a.origin.y === b.origin.y &&
    a.area.y === b.area.y &&
    a.area.height === b.area.height;
  return some.length === others.length && some.every((plane, n) => isEqual(plane, others[n] as Plane));
}
