/** What whoever shows a machine's screens, or describes them, needs. */
export { CURSOR_SIDE, TILE } from '../screen/memory.ts';
export { ScreenReader, type CursorChange, type Picture, type ScreenChanges } from '../screen/reader.ts';
export type { ScreenInfo } from '../screen/screen.ts';
export type { Rect } from '../screen/surface.ts';
/** The largest side of a virtio-gpu's monitor. */
export { MAX_EDID_SIDE } from '../devices/virtio/gpu/edid.ts';
