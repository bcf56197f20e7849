import type { DeviceState, DeviceValue, Dma } from '../../device.ts';
import type { Segment } from '../chain.ts';
import { Backing } from './backing.ts';
import { formats } from './formats.ts';
import { response, type ResponseType } from './protocol.ts';
import type { Rect } from '../../../screen/surface.ts';

const BYTES_PER_PIXEL = 4;
/** What the host keeps of resources at most, as on QEMU; beside their pixels a little for each of them and each piece of their backing. */
const MAX_BYTES = 256 * 2 ** 20;
const RESOURCE_BYTES = 256;
const SEGMENT_BYTES = 64;
/** QEMU's limit. */
export const MAX_SEGMENTS = 16384;

/** A picture that the driver made: the host's copy of its pixels, and the guest memory that they come from. */
export interface Resource {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly format: number;
  readonly pixels: Uint32Array;
  backing: Backing | undefined;
}

export function isInside({ x, y, width, height }: Rect, resource: Pick<Resource, 'width' | 'height'>): boolean {
  return x + width <= resource.width && y + height <= resource.height;
}

/** All resources of a device, with what they cost. */
export class Resources {
  private readonly byId = new Map<number, Resource>();
  private used = 0;

  get(id: number): Resource | undefined {
    return this.byId.get(id);
  }

  create(id: number, format: number, width: number, height: number): ResponseType {
    if (id === 0 || this.byId.has(id)) return response.ERR_INVALID_RESOURCE_ID;
    if (!formats.has(format) || width === 0 || height === 0) return response.ERR_INVALID_PARAMETER;
    if (!this.charge(cost({ width, height }))) return response.ERR_OUT_OF_MEMORY;
    this.byId.set(id, { id, format, width, height, pixels: new Uint32Array(width * height), backing: undefined });
    return response.OK_NODATA;
  }

  remove(resource: Resource): void {
    this.detach(resource);
    this.used -= cost(resource);
    this.byId.delete(resource.id);
  }

  attach(resource: Resource, segments: readonly Segment[]): ResponseType {
    if (resource.backing) return response.ERR_UNSPEC;
    if (!this.charge(segments.length * SEGMENT_BYTES)) return response.ERR_OUT_OF_MEMORY;
    resource.backing = new Backing(segments);
    return response.OK_NODATA;
  }

  detach(resource: Resource): void {
    this.used -= (resource.backing?.segments.length ?? 0) * SEGMENT_BYTES;
    resource.backing = undefined;
  }

  clear(): void {
    this.byId.clear();
    this.used = 0;
  }

  save(): DeviceValue[] {
    return [...this.byId.values()].map(({ id, width, height, format, pixels, backing }) => ({
      ...{ id, width, height, format, pixels: new Uint8Array(pixels.slice().buffer) },
      backing: backing?.segments.map(({ pa, length }) => [pa, length]) ?? null,
    }));
  }

  restore(saved: readonly DeviceValue[]): void {
    this.clear();
    for (const state of saved as DeviceState[]) {
      const { id, format, width, height } = state as unknown as Resource;
      this.create(id, format, width, height);
      const resource = this.byId.get(id) as Resource;
      resource.pixels.set(new Uint32Array((state['pixels'] as Uint8Array).slice().buffer));
      const backing = state['backing'] as [number, number][] | null;
      if (backing)
        this.attach(
          resource,
          backing.map(([pa, length]) => ({ pa, length })),
        );
    }
  }

  private charge(bytes: number): boolean {
    if (this.used + bytes > MAX_BYTES) return false;
    this.used += bytes;
    return true;
  }
}

const cost = ({ width, height }: Pick<Resource, 'width' | 'height'>): number => RESOURCE_BYTES + width * height * BYTES_PER_PIXEL;

/** TRANSFER_TO_HOST_2D: the rows of a rectangle, from an offset of the backing on. False when it is not RAM. */
export function transfer(dma: Dma, resource: Resource, backing: Backing, offset: number, { x, y, width, height }: Rect): boolean {
  const stride = resource.width * BYTES_PER_PIXEL;
  const bytes = new Uint8Array(resource.pixels.buffer);
  const isWhole = width === resource.width;
  const [rows, count] = isWhole ? [1, height * stride] : [height, width * BYTES_PER_PIXEL];
  for (let row = 0; row < rows; row++) {
    const at = (y + row) * stride + x * BYTES_PER_PIXEL;
    if (!backing.read(dma, offset + row * stride, bytes.subarray(at, at + count))) return false;
  }
  return true;
}
