import { ScreenReader, type Picture } from '../../../screen/reader.ts';
import { Surface } from '../../../screen/surface.ts';
import type { Dma } from '../../device.ts';
import type { VirtioDevice } from '../device.ts';
import { BANK, DESC, NEXT, TestDriver, WRITE } from '../test-driver.ts';
import { createVirtioGpu, type VirtioGpuOptions } from './gpu.ts';
import { command as commands } from './protocol.ts';

const [REQUEST, ANSWER] = [0x4000, 0x5000];
const ANSWER_BYTES = 0x800;
/** Guest memory for pictures. */
export const PICTURES = 0x8000;
const CURSOR_QUEUE = 1;
const EDID = 2;

/** A driver of a virtio-gpu with its commands by name. */
export class TestGpu {
  readonly surface = new Surface();
  readonly reader = new ScreenReader(this.surface.buffer);
  readonly device;
  readonly t: TestDriver;

  constructor(options: Partial<VirtioGpuOptions> = {}) {
    // The driver has the RAM, and needs the device.
    const dma: Dma = {
      read: (pa, into) => this.t.dma.read(pa, into),
      write: (pa, from) => this.t.dma.write(pa, from),
    };
    this.device = createVirtioGpu({ dma, outputs: [{ surface: this.surface, width: 640, height: 480 }], ...options });
    this.t = new TestDriver(this.device as VirtioDevice, { features: EDID });
  }

  /** Runs a command of 32-bit fields; a bigint is a field of 64. Answers all of the response that came. */
  run(type: number, fields: readonly (number | bigint)[] = [], { queue = 0, fence = 0n } = {}): DataView {
    const { t } = this;
    const at = queue * BANK;
    t.ram.fill(0, at + REQUEST, at + PICTURES - 0x2000);
    t.view.setUint32(at + REQUEST, type, true);
    if (fence) {
      t.view.setUint32(at + REQUEST + 4, 1, true);
      t.view.setBigUint64(at + REQUEST + 8, fence, true);
    }
    let length = 24;
    for (const field of fields) {
      if (typeof field === 'bigint') t.view.setBigUint64(at + REQUEST + length, field, true);
      else t.view.setUint32(at + REQUEST + length, field, true);
      length += typeof field === 'bigint' ? 8 : 4;
    }
    t.describeAt(at + DESC, 0, at + REQUEST, length, NEXT, 1);
    t.describeAt(at + DESC, 1, at + ANSWER, ANSWER_BYTES, WRITE);
    t.submit(0, queue);
    t.clock.advance(1e6);
    return new DataView(t.ram.buffer, at + ANSWER, ANSWER_BYTES);
  }

  /** The same; answers the type of the response. */
  type(type: number, fields: readonly (number | bigint)[] = []): number {
    return this.run(type, fields).getUint32(0, true);
  }

  cursor(type: number, fields: readonly number[]): number {
    return this.run(type, fields, { queue: CURSOR_QUEUE }).getUint32(0, true);
  }

  create = (id: number, width: number, height: number, format = 2): number =>
    this.type(commands.RESOURCE_CREATE_2D, [id, format, width, height]);
  attach = (id: number, ...segments: [pa: number | bigint, length: number][]): number =>
    this.type(commands.RESOURCE_ATTACH_BACKING, [
      ...[id, segments.length],
      ...segments.flatMap(([pa, length]) => [BigInt(pa), length, 0]),
    ]);
  transfer = (id: number, x: number, y: number, width: number, height: number, offset = 0n): number =>
    this.type(commands.TRANSFER_TO_HOST_2D, [x, y, width, height, offset, id, 0]);
  scanout = (id: number, x: number, y: number, width: number, height: number, scanout = 0): number =>
    this.type(commands.SET_SCANOUT, [x, y, width, height, scanout, id]);
  flush = (id: number, x: number, y: number, width: number, height: number): number =>
    this.type(commands.RESOURCE_FLUSH, [x, y, width, height, id, 0]);

  /** Words into the guest memory that pictures come from. */
  draw(words: readonly number[], at = PICTURES): void {
    words.forEach((word, n) => this.t.view.setUint32(at + 4 * n, word, true));
  }

  /** What is shown, a number 0xRRGGBB for each pixel. */
  shown(): number[] | undefined {
    const picture: Picture | undefined = this.reader.picture();
    const rgba = picture?.rgba;
    return (
      rgba && Array.from({ length: rgba.length / 4 }, (_, n) => (rgba[4 * n]! << 16) | (rgba[4 * n + 1]! << 8) | rgba[4 * n + 2]!)
    );
  }
}
