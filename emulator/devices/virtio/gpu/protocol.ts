/** The numbers of virtio-gpu (virtio 1.2 §5.7.6). */

/** Sizes of what the driver sends, with its header (§5.7.6.8, §5.7.6.10). */
export const HEADER_BYTES = 24;
export const command = {
  GET_DISPLAY_INFO: 0x100,
  RESOURCE_CREATE_2D: 0x101,
  RESOURCE_UNREF: 0x102,
  SET_SCANOUT: 0x103,
  RESOURCE_FLUSH: 0x104,
  TRANSFER_TO_HOST_2D: 0x105,
  RESOURCE_ATTACH_BACKING: 0x106,
  RESOURCE_DETACH_BACKING: 0x107,
  GET_EDID: 0x10a,
  UPDATE_CURSOR: 0x300,
  MOVE_CURSOR: 0x301,
} as const;

export const response = {
  OK_NODATA: 0x1100,
  OK_DISPLAY_INFO: 0x1101,
  OK_EDID: 0x1104,
  ERR_UNSPEC: 0x1200,
  ERR_OUT_OF_MEMORY: 0x1201,
  ERR_INVALID_SCANOUT_ID: 0x1202,
  ERR_INVALID_RESOURCE_ID: 0x1203,
  ERR_INVALID_PARAMETER: 0x1205,
} as const;
export type ResponseType = (typeof response)[keyof typeof response];

export const FLAG_FENCE = 1;
export const MAX_SCANOUTS = 16;
export const MODE_BYTES = 24;
export const EDID_BYTES = 1024;

/** What goes back: how it went, and what follows the header. */
export interface Answer {
  readonly type: ResponseType;
  readonly payload?: Uint8Array;
}

/** The header of a response: that of its request where there is a fence (§5.7.6.7), and the payload behind it. */
export function encodeAnswer(request: DataView, { type, payload }: Answer): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + (payload?.length ?? 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  if (request.getUint32(4, true) & FLAG_FENCE) {
    view.setUint32(4, FLAG_FENCE, true);
    view.setBigUint64(8, request.getBigUint64(8, true), true);
    view.setUint32(16, request.getUint32(16, true), true);
  }
  if (payload) bytes.set(payload, HEADER_BYTES);
  return bytes;
}
