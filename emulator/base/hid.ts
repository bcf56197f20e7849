/** What a person does with hands on a machine (human interface devices), before it is known which device that reaches. */
export type HidAction =
  /** A key by Linux's number (keys.ts). */
  | { readonly kind: 'key'; readonly key: number; readonly down: boolean }
  /** The pointer is at that part of the screen's width and height, 0 to 1. */
  | { readonly kind: 'point'; readonly x: number; readonly y: number }
  /** The pointer is moved by that much, in whole steps of a mouse. */
  | { readonly kind: 'move'; readonly dx: number; readonly dy: number }
  | { readonly kind: 'button'; readonly button: HidButton; readonly down: boolean }
  /** Whole steps of the wheel; positive away from the person. */
  | { readonly kind: 'wheel'; readonly steps: number }
  /** A finger is, or comes down, at that part of width and height. Fingers are numbered from 0 to {@link MAX_CONTACTS} - 1. */
  | { readonly kind: 'touch'; readonly contact: number; readonly x: number; readonly y: number }
  /** It is taken away. */
  | { readonly kind: 'lift'; readonly contact: number };

export type HidButton = 'left' | 'middle' | 'right' | 'side' | 'extra';

export const MAX_CONTACTS = 10;

/** An action, so many virtual ns after the first of its sequence. */
export interface TimedHidAction {
  readonly afterNs: number;
  readonly action: HidAction;
}

/** The devices that take such actions. */
export const hidKinds = ['keyboard', 'tablet', 'mouse', 'touch'] as const;
export type HidKind = (typeof hidKinds)[number];
