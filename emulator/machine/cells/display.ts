import { InternalError } from '../../base/assert.ts';
import type { Device, DeviceState, Line } from '../../devices/device.ts';
import type { VirtioInput } from '../../devices/virtio/input/input.ts';
import type { CellsConfig, PanelConfig } from '../../hypervisor/config.ts';
import { DisplayFocus } from '../../hypervisor/display/focus.ts';
import { displayLayout, type Area } from '../../hypervisor/display/layout.ts';
import { ScreenControl } from '../../hypervisor/display/screen-control.ts';
import { Compositor, type Plane } from '../../screen/compositor.ts';
import type { Screen } from '../../screen/screen.ts';
import { Surface } from '../../screen/surface.ts';
import type { BuiltCell } from './cell-parts.ts';
import { CellHands } from './cell-hands.ts';

/** The display of a board whose cells have screens, and the keyboards and pointers of all of them. */
export interface HostedDisplay {
  /** The composed picture first, then those of the cells. */
  readonly screens: readonly Screen[];
  /** By number, in the order of cells and of their configurations. */
  readonly hids: readonly VirtioInput[];
  readonly hands: CellHands;
  readonly focus: DisplayFocus;
  reset(): void;
  save(): DeviceState;
  restore(state: DeviceState): void;
}

/** What is there before the cells are, and what of them makes it whole. */
interface Divided {
  control(irq: Line): Device;
  hosted(cells: readonly BuiltCell[]): HostedDisplay | undefined;
}

/** Divides the display among cells. */
export function divideDisplay({ cells, panel }: CellsConfig): Divided {
  if (!panel) {
    return {
      control() {
        throw new InternalError('there is no display to take');
      },
      hosted: () => undefined,
    };
  }
  const names = cells.map(({ name }) => name);
  const hasScreen = ({ devices }: CellsConfig['cells'][number]): boolean =>
    devices.some(({ kind }) => kind === 'gpu' || kind === 'ramfb');
  const withScreens = cells.flatMap((cell, n) => (hasScreen(cell) ? [n] : []));
  const focus = new DisplayFocus(panel, names, withScreens);
  return {
    control: (irq) => new ScreenControl({ irq, focus, layout: displayLayout(panel), names }),
    hosted: (built) => hostedDisplay(panel, focus, names, built),
  };
}

function hostedDisplay(
  panel: PanelConfig,
  focus: DisplayFocus,
  names: readonly string[],
  cells: readonly BuiltCell[],
): HostedDisplay {
  const layout = displayLayout(panel);
  const compositor = new Compositor(new Surface(), layout.whole, panel.rotation);
  const own = cells.map(({ screens }) => screens[0]);
  const planeOf = (cell: number | undefined, area: Area | undefined, origin: Area | undefined = area): Plane[] => {
    const surface = cell === undefined ? undefined : own[cell]?.surface;
    return surface && area && origin ? [{ surface, area, origin }] : [];
  };
  // The overlay's cell draws the whole display: its strip is a part of that, and the rest of it is seen when it has taken the screen.
  const planes = (): Plane[] =>
    focus.isTaken
      ? planeOf(focus.secure, layout.whole)
      : [...planeOf(focus.secure, layout.strip, layout.whole), ...planeOf(focus.foreground, layout.rest)];
  const composed: Screen = {
    name: 'display',
    surface: compositor.panel,
    refresh() {
      for (const screen of own) screen?.refresh?.();
      compositor.compose(planes());
    },
  };
  const hands = new CellHands(
    panel,
    focus,
    cells.map(({ config, hids }) => ({ config, hids: hids.length })),
  );
  return {
    ...{ focus, hands },
    screens: [
      composed,
      ...cells.flatMap(({ screens }, n) => screens.map((screen) => ({ ...screen, name: `${names[n]}.${screen.name}` }))),
    ],
    hids: cells.flatMap(({ hids }) => hids),
    reset() {
      focus.reset();
      hands.reset();
    },
    save: () => ({ focus: focus.save() }),
    restore: ({ focus: saved }) => focus.restore(saved as DeviceState),
  };
}
