import type { Capability } from '../../pcie/config-space.ts';

const VENDOR_SPECIFIC = 0x09;
/** Of a capability, without its identity and the pointer to the next. */
const HEAD = 2;

/** The parts of the transport: the kinds of their capabilities (§4.1.4). */
export const kinds = { common: 1, notify: 2, isr: 3, device: 4, access: 5 } as const;

/** Says where a part of the transport is; `more` is a word that notifications have behind it (§4.1.4.4). */
export function partCapability(kind: keyof typeof kinds, bar: number, offset: number, length: number, more?: number): Capability {
  const bytes = more === undefined ? 16 : 20;
  const view = new DataView(new ArrayBuffer(bytes - HEAD));
  view.setUint8(0, bytes);
  view.setUint8(1, kinds[kind]);
  view.setUint8(2, bar);
  view.setUint32(8 - HEAD, offset, true);
  view.setUint32(12 - HEAD, length, true);
  if (more !== undefined) view.setUint32(16 - HEAD, more, true);
  return { id: VENDOR_SPECIFIC, body: new Uint8Array(view.buffer) };
}

/** Accesses to the parts by configuration space (§4.1.4.9): the driver writes window, offset, length and data. */
export function accessCapability(): Capability {
  const writable = new Uint8Array(18);
  writable.fill(0xff, 4 - HEAD, 5 - HEAD);
  writable.fill(0xff, 8 - HEAD);
  return { ...partCapability('access', 0, 0, 0, 0), writable };
}
