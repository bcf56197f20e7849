import { canShow, type Rect } from '../../../screen/surface.ts';
import type { Dma } from '../../device.ts';
import type { Chain, Segment } from '../chain.ts';
import { createEdid } from './edid.ts';
import { command, EDID_BYTES, HEADER_BYTES, MAX_SCANOUTS, MODE_BYTES, response, type Answer } from './protocol.ts';
import { isInside, MAX_SEGMENTS, transfer, type Resource, type Resources } from './resources.ts';
import type { Scanout } from './scanout.ts';

/** What commands work with. */
export interface GpuContext {
  readonly dma: Dma;
  readonly resources: Resources;
  readonly scanouts: readonly Scanout[];
  /** Monitors tell about themselves. */
  readonly edid: boolean;
}

/** A command of the driver: its fixed part is there when it runs. Fields are little-endian, at their offset in §5.7.6.8. */
interface Command {
  /** With the header. */
  readonly bytes: number;
  run(gpu: GpuContext, request: DataView, chain: Chain): Answer;
}

const RECT = HEADER_BYTES;
const AFTER_RECT = HEADER_BYTES + 16;
const SEGMENT_ENTRY = 16;

const field = (request: DataView, offset: number): number => request.getUint32(offset, true);
const rectOf = (request: DataView): Rect => ({
  ...{ x: field(request, RECT), y: field(request, RECT + 4) },
  ...{ width: field(request, RECT + 8), height: field(request, RECT + 12) },
});
const only = (type: Answer['type']): Answer => ({ type });
const ok = only(response.OK_NODATA);

/** A command about a resource, whose number stands at an offset. */
function onResource(
  bytes: number,
  offset: number,
  run: (gpu: GpuContext, resource: Resource, request: DataView, chain: Chain) => Answer['type'],
): Command {
  return {
    bytes,
    run(gpu, request, chain) {
      const resource = gpu.resources.get(field(request, offset));
      return only(resource ? run(gpu, resource, request, chain) : response.ERR_INVALID_RESOURCE_ID);
    },
  };
}

/** The commands of the control queue. */
export const controlCommands: Readonly<Partial<Record<number, Command>>> = {
  [command.GET_DISPLAY_INFO]: {
    bytes: HEADER_BYTES,
    run({ scanouts }) {
      const payload = new Uint8Array(MAX_SCANOUTS * MODE_BYTES);
      const view = new DataView(payload.buffer);
      scanouts.forEach(({ preferred: { width, height } }, n) => {
        view.setUint32(n * MODE_BYTES + 8, width, true);
        view.setUint32(n * MODE_BYTES + 12, height, true);
        // Enabled: a monitor is connected.
        view.setUint32(n * MODE_BYTES + 16, 1, true);
      });
      return { type: response.OK_DISPLAY_INFO, payload };
    },
  },

  [command.GET_EDID]: {
    bytes: HEADER_BYTES + 8,
    run({ scanouts, edid: isOffered }, request) {
      if (!isOffered) return only(response.ERR_UNSPEC);
      const number = field(request, HEADER_BYTES);
      const scanout = scanouts[number];
      if (!scanout) return only(response.ERR_INVALID_PARAMETER);
      const payload = new Uint8Array(8 + EDID_BYTES);
      const edid = createEdid({ ...scanout.preferred, name: `Pocketvisor${number === 0 ? '' : number}` });
      new DataView(payload.buffer).setUint32(0, edid.length, true);
      payload.set(edid, 8);
      return { type: response.OK_EDID, payload };
    },
  },

  [command.RESOURCE_CREATE_2D]: {
    bytes: HEADER_BYTES + 16,
    run({ resources }, request) {
      const [id, format, width, height] = [0, 4, 8, 12].map((offset) => field(request, HEADER_BYTES + offset));
      return only(resources.create(id!, format!, width!, height!));
    },
  },

  [command.RESOURCE_UNREF]: onResource(HEADER_BYTES + 8, HEADER_BYTES, ({ resources, scanouts }, resource) => {
    for (const scanout of scanouts) if (scanout.shows(resource)) scanout.hide();
    resources.remove(resource);
    return response.OK_NODATA;
  }),

  [command.SET_SCANOUT]: {
    bytes: AFTER_RECT + 8,
    run({ resources, scanouts }, request) {
      const scanout = scanouts[field(request, AFTER_RECT)];
      if (!scanout) return only(response.ERR_INVALID_SCANOUT_ID);
      const id = field(request, AFTER_RECT + 4);
      if (id === 0) {
        scanout.hide();
        return ok;
      }
      const resource = resources.get(id);
      if (!resource) return only(response.ERR_INVALID_RESOURCE_ID);
      const rect = rectOf(request);
      if (!isInside(rect, resource) || !canShow(rect.width, rect.height)) return only(response.ERR_INVALID_PARAMETER);
      scanout.show(resource, rect);
      return ok;
    },
  },

  [command.RESOURCE_FLUSH]: onResource(AFTER_RECT + 8, AFTER_RECT, ({ scanouts }, resource, request) => {
    const rect = rectOf(request);
    if (!isInside(rect, resource)) return response.ERR_INVALID_PARAMETER;
    for (const scanout of scanouts) if (scanout.shows(resource)) scanout.flush(resource, rect);
    return response.OK_NODATA;
  }),

  [command.TRANSFER_TO_HOST_2D]: onResource(AFTER_RECT + 16, AFTER_RECT + 8, ({ dma }, resource, request) => {
    const rect = rectOf(request);
    const offset = Number(request.getBigUint64(AFTER_RECT, true));
    if (!resource.backing) return response.ERR_UNSPEC;
    if (!isInside(rect, resource)) return response.ERR_INVALID_PARAMETER;
    return transfer(dma, resource, resource.backing, offset, rect) ? response.OK_NODATA : response.ERR_UNSPEC;
  }),

  [command.RESOURCE_ATTACH_BACKING]: onResource(
    HEADER_BYTES + 8,
    HEADER_BYTES,
    ({ dma, resources }, resource, request, chain) => {
      const segments = readSegments(chain, field(request, HEADER_BYTES + 4));
      return segments?.every((segment) => isRam(dma, segment)) ? resources.attach(resource, segments) : response.ERR_UNSPEC;
    },
  ),

  [command.RESOURCE_DETACH_BACKING]: onResource(HEADER_BYTES + 8, HEADER_BYTES, ({ resources }, resource) => {
    if (!resource.backing) return response.ERR_UNSPEC;
    resources.detach(resource);
    return response.OK_NODATA;
  }),
};

/** The pieces that follow an ATTACH_BACKING; `undefined` when they do not. */
function readSegments(chain: Chain, count: number): Segment[] | undefined {
  if (count > MAX_SEGMENTS) return undefined;
  const view = new DataView(new ArrayBuffer(count * SEGMENT_ENTRY));
  if (!chain.read(HEADER_BYTES + 8, new Uint8Array(view.buffer))) return undefined;
  return Array.from({ length: count }, (_, n) => ({
    pa: Number(view.getBigUint64(n * SEGMENT_ENTRY, true)),
    length: view.getUint32(n * SEGMENT_ENTRY + 8, true),
  }));
}

/** Whether both ends are in RAM; what lies between them is looked at when it is read. */
function isRam(dma: Dma, { pa, length }: Segment): boolean {
  const byte = new Uint8Array(1);
  return length > 0 && dma.read(pa, byte) && dma.read(pa + length - 1, byte);
}

/** The commands of the cursor queue (§5.7.6.10), which have one shape. */
export const CURSOR_COMMAND_BYTES = HEADER_BYTES + 32;

export function runCursorCommand({ scanouts, resources }: GpuContext, request: DataView): Answer {
  const at = (offset: number): number => field(request, HEADER_BYTES + offset);
  const scanout = scanouts[at(0)];
  if (!scanout) return only(response.ERR_INVALID_SCANOUT_ID);
  // It may hang over an edge: coordinates are signed.
  const [x, y, id] = [at(4) | 0, at(8) | 0, at(16)];
  switch (field(request, 0)) {
    case command.MOVE_CURSOR:
      scanout.moveCursor(x, y);
      return ok;
    case command.UPDATE_CURSOR: {
      const resource = resources.get(id);
      if (id !== 0 && !resource) return only(response.ERR_INVALID_RESOURCE_ID);
      scanout.updateCursor(resource, { x, y, hotX: at(20) | 0, hotY: at(24) | 0 });
      return ok;
    }
    default:
      return only(response.ERR_UNSPEC);
  }
}
