import { ScreenReader, type Picture } from '../screen/reader.ts';
import type { Screen } from '../screen/screen.ts';
import type { Machine } from './machine.ts';

/** What a screen of a machine that stands still shows; `undefined` when it shows nothing. */
export function pictureOf(machine: Machine, { surface }: Screen): Picture | undefined {
  machine.refreshScreens(true);
  return new ScreenReader(surface.buffer).picture();
}
