import type { Component } from 'vue';

/** Where a panel stands in the default layout. */
export type Place = 'left' | 'center' | 'bottom' | 'right';

/** What the shell learns of a feature: the default export of its `index.ts`. */
export interface Feature {
  /** The folder's name; saved layouts refer to it. */
  id: string;
  title: string;
  place: Place;
  component: Component;
  /** The panel comes to the front of its place when this becomes true. */
  comesForward?: () => boolean;
}

export const defineFeature = (feature: Feature): Feature => feature;
