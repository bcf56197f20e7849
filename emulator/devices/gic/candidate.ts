/**
 * An interrupt that a CPU interface is offered, packed into one number so that the smaller number is the more urgent one:
 * priority, then INTID (of equals the lower number wins, an IMPLEMENTATION DEFINED choice that QEMU shares), then group.
 */
export type Candidate = number;

/** Group 0 and Group 1 as bits of a set. A third, Secure Group 1, comes with a second Security state. */
export const GROUP0 = 1;
export const GROUP1 = 2;

/** No pending interrupt of sufficient priority (special INTIDs of IHI 0069 and IHI 0048). */
export const INTID_SPURIOUS = 1023;
/** From here to 1023 INTIDs are special, and no interrupt has them. */
export const INTID_FIRST_SPECIAL = 1020;

/** From here on INTIDs are LPIs, which have no active state (IHI 0069, "INTIDs"). */
export const FIRST_LPI = 8192;

/** Lower than every priority that an interrupt can have. */
const IDLE_PRIORITY = 0x100;

export function candidate(priority: number, intid: number, group: 0 | 1): Candidate {
  return (priority << 20) | (intid << 2) | group;
}

export const NO_CANDIDATE: Candidate = candidate(IDLE_PRIORITY, INTID_SPURIOUS, 0);

export function priorityOf(c: Candidate): number {
  return c >> 20;
}

export function intidOf(c: Candidate): number {
  return (c >> 2) & 0xffff;
}

export function groupOf(c: Candidate): 0 | 1 {
  return (c & 1) as 0 | 1;
}

/** The candidate's group as a set of groups. */
export function groupsOf(c: Candidate): number {
  return 1 << groupOf(c);
}
