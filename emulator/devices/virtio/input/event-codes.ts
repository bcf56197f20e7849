/** Linux's numbers of events (include/uapi/linux/input-event-codes.h), which virtio-input takes over (virtio 1.2 §5.8.6). */
export const ev = { SYN: 0x00, KEY: 0x01, REL: 0x02, ABS: 0x03, LED: 0x11, REP: 0x14 } as const;
export const SYN_REPORT = 0;
export const rel = { X: 0x00, Y: 0x01, WHEEL: 0x08 } as const;
export const abs = { X: 0x00, Y: 0x01, MT_SLOT: 0x2f, MT_POSITION_X: 0x35, MT_POSITION_Y: 0x36, MT_TRACKING_ID: 0x39 } as const;
export const led = { NUML: 0, CAPSL: 1, SCROLLL: 2 } as const;
export const btn = {
  ...{ LEFT: 0x110, RIGHT: 0x111, MIDDLE: 0x112, SIDE: 0x113, EXTRA: 0x114 },
  ...{ TOUCH: 0x14a, GEAR_DOWN: 0x150, GEAR_UP: 0x151 },
} as const;
export const PROP_DIRECT = 1;

/** Absolute axes go from 0 to this, as QEMU has them. */
export const ABS_MAX = 0x7fff;
