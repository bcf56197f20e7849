import { admission } from './admission/show.ts';
import { baseband } from './baseband/show.ts';
import { budgetPhone } from './budget-phone/show.ts';
import { clones } from './clones/show.ts';
import { idle } from './idle/show.ts';
import { isolation } from './isolation/show.ts';
import { overhead } from './overhead/show.ts';
import { pin } from './pin/show.ts';
import { share } from './share/show.ts';
import { soc } from './soc/show.ts';
import { voice } from './voice/show.ts';
import type { Show } from './show.ts';

/** All shows, in the order of the list: a folder and a line each. */
export const shows: readonly Show[] = [
  baseband,
  voice,
  isolation,
  pin,
  share,
  overhead,
  budgetPhone,
  soc,
  clones,
  idle,
  admission,
];
