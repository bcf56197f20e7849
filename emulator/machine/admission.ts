import type { DeviceKind } from '../boards/board.ts';
import { radioDistancesNs } from '../devices/radio/radio.ts';

/** Whether cells can hold what their schedules promise, for whoever stands outside. */
export { admit, type AdmissionPlan, type AdmissionReport } from '../hypervisor/schedule/admission.ts';
export { admissionText } from '../hypervisor/schedule/admission-text.ts';

/**
 * What a device of a board may interrupt for by itself, by name, with the shortest time from one to the next. What comes from outside, and
 * what a guest has asked for, is not foreseen.
 */
export const interruptDistancesNs: Partial<Record<DeviceKind, Readonly<Record<string, number>>>> = { radio: radioDistancesNs };
