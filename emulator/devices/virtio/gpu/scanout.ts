import type { DeviceState } from '../../device.ts';
import type { CursorPlace, Rect, Surface } from '../../../screen/surface.ts';
import { CURSOR_SIDE } from '../../../screen/memory.ts';
import { convertRow } from './formats.ts';
import type { Resource } from './resources.ts';

const noCursor: CursorPlace = { visible: false, x: 0, y: 0, hotX: 0, hotY: 0 };

/** An output of the device: which part of which resource is on the screen, and the cursor before it. */
export class Scanout {
  readonly surface: Surface;
  /** Of the monitor: what it would like to be shown. */
  preferred: { width: number; height: number };
  private resource = 0;
  private rect: Rect = { x: 0, y: 0, width: 0, height: 0 };
  private cursor = noCursor;
  private cursorImage: Uint32Array | undefined;

  constructor(surface: Surface, preferred: { width: number; height: number }) {
    this.surface = surface;
    this.preferred = preferred;
  }

  /** Shows part of a resource, which has been found to be inside of it. */
  show(resource: Resource, rect: Rect): void {
    [this.resource, this.rect] = [resource.id, rect];
    this.surface.setMode(rect.width, rect.height);
    this.flush(resource, rect);
  }

  hide(): void {
    [this.resource, this.rect] = [0, { x: 0, y: 0, width: 0, height: 0 }];
    this.surface.blank();
  }

  shows(resource: Resource): boolean {
    return this.resource === resource.id;
  }

  /** Brings the part of a rectangle of the resource that is on the screen there. */
  flush(resource: Resource, part: Rect): void {
    const { rect, surface } = this;
    const [left, top] = [Math.max(part.x, rect.x), Math.max(part.y, rect.y)];
    const width = Math.min(part.x + part.width, rect.x + rect.width) - left;
    const height = Math.min(part.y + part.height, rect.y + rect.height) - top;
    if (width <= 0 || height <= 0) return;
    const [x, y] = [left - rect.x, top - rect.y];
    for (let row = 0; row < height; row++) {
      const start = (top + row) * resource.width + left;
      convertRow(resource.format, resource.pixels.subarray(start, start + width), surface.row(x, y + row, width));
    }
    surface.changed({ x, y, width, height });
  }

  moveCursor(x: number, y: number): void {
    this.cursor = { ...this.cursor, x, y };
    this.surface.setCursor(this.cursor);
  }

  /** Without a resource there is no cursor; one that is not 64 by 64 pixels leaves the image as it is, as on QEMU. */
  updateCursor(resource: Resource | undefined, place: Omit<CursorPlace, 'visible'>): void {
    this.cursor = { visible: resource !== undefined, ...place };
    const fits = resource?.width === CURSOR_SIDE && resource.height === CURSOR_SIDE;
    if (fits) convertRow(resource.format, resource.pixels, (this.cursorImage = new Uint32Array(CURSOR_SIDE * CURSOR_SIDE)), true);
    this.surface.setCursor(this.cursor, fits ? this.cursorImage : undefined);
  }

  reset(): void {
    this.hide();
    this.cursor = noCursor;
    this.cursorImage = undefined;
    this.surface.setCursor(noCursor);
  }

  save(): DeviceState {
    const { resource, rect, cursor, cursorImage, preferred } = this;
    const image = cursorImage ? new Uint8Array(cursorImage.slice().buffer) : null;
    return { resource, rect: { ...rect }, cursor: { ...cursor }, image, preferred: { ...preferred }, shown: this.surface.save() };
  }

  restore(state: DeviceState): void {
    const { resource, rect, cursor, image, preferred, shown } = state;
    this.resource = resource as number;
    this.rect = { ...(rect as unknown as Rect) };
    this.cursor = { ...(cursor as unknown as CursorPlace) };
    this.cursorImage = image ? new Uint32Array((image as Uint8Array).slice().buffer) : undefined;
    this.preferred = { ...(preferred as typeof this.preferred) };
    this.surface.restore(this.rect.width, this.rect.height, shown as Uint8Array);
    this.surface.setCursor(this.cursor, this.cursorImage);
  }
}
