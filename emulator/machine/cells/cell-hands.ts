import type { HidAction } from '../../base/hid.ts';
import type { CellConfig, PanelConfig } from '../../hypervisor/config.ts';
import type { DisplayFocus } from '../../hypervisor/display/focus.ts';
import { contains, displayLayout, unturned, type Area, type DisplayLayout } from '../../hypervisor/display/layout.ts';
import { HidRouter, type HidReport } from '../hid/router.ts';

/** What comes of hands: a report of a device, or another cell has the screen. */
export type HandsInput = { readonly hid: HidReport } | { readonly foreground: number };

/** What hands do where several cells share a display. */
export interface CellWithHids {
  readonly config: Pick<CellConfig, 'devices'>;
  /** How many input devices it has. */
  readonly hids: number;
}

/**
 * Finds the cell that an action reaches: the one that has the screen, or whose strip a finger is on. What goes down in one cell goes up in that
 * one, and all between is lost when another has the screen meanwhile.
 */
export class CellHands {
  private readonly focus: DisplayFocus;
  private readonly layout: DisplayLayout;
  private readonly rotation: PanelConfig['rotation'];
  private readonly switchKey: number;
  private readonly routers: readonly HidRouter[];
  /** Numbers of cells' first devices. */
  private readonly firstHids: readonly number[];
  /** By what is down, the cell where it is. */
  private readonly held = new Map<string, number>();

  constructor(panel: PanelConfig, focus: DisplayFocus, cells: readonly CellWithHids[]) {
    this.focus = focus;
    this.layout = displayLayout(panel);
    this.rotation = panel.rotation;
    this.switchKey = panel.switchKey;
    this.routers = cells.map(
      ({ config }) => new HidRouter(config.devices.flatMap((device) => (device.kind === 'input' ? [device.input] : []))),
    );
    let hids = 0;
    this.firstHids = cells.map((cell) => (hids += cell.hids) - cell.hids);
  }

  /** Everything is let go. */
  reset(): void {
    this.held.clear();
  }

  /** What comes of an action at this moment. */
  resolve(action: HidAction): HandsInput | undefined {
    const { focus } = this;
    switch (action.kind) {
      case 'key':
        if (action.key === this.switchKey && !focus.isTaken) return action.down ? { foreground: focus.next } : undefined;
        return this.press(`key ${action.key}`, action.down, action);
      case 'button':
        return this.press(`button ${action.button}`, action.down, action);
      case 'move':
      case 'wheel':
        return this.report(focus.owner, action);
      case 'point':
        return this.report(focus.owner, { ...action, ...this.placeIn(focus.owner, action) });
      case 'touch':
        return this.touch(action);
      case 'lift':
        return this.press(`contact ${action.contact}`, false, action);
    }
  }

  private press(what: string, isDown: boolean, action: HidAction, cell = this.focus.owner): HandsInput | undefined {
    const holder = this.held.get(what);
    if (isDown) this.held.set(what, holder ?? cell);
    else this.held.delete(what);
    const to = isDown ? (holder ?? cell) : holder;
    return to === undefined || (isDown && to !== cell) ? undefined : this.report(to, action);
  }

  private touch(action: HidAction & { kind: 'touch' }): HandsInput | undefined {
    const { focus, layout } = this;
    const place = this.placeOf(action);
    const inStrip = layout.strip !== undefined && contains(layout.strip, place.x, place.y);
    const cell = inStrip && focus.secure !== undefined ? focus.secure : focus.owner;
    // A finger may leave the part where it came down.
    const what = `contact ${action.contact}`;
    const holder = this.held.get(what);
    const to = holder === focus.secure || holder === focus.owner ? (holder ?? cell) : cell;
    return this.press(what, true, { ...action, ...this.placeIn(to, action) }, to);
  }

  private report(cell: number, action: HidAction): HandsInput | undefined {
    const hid = this.routers[cell]?.route(action);
    return hid && { hid: { ...hid, device: hid.device + (this.firstHids[cell] as number) } };
  }

  /** In pixels of the whole display, as guests see it. */
  private placeOf({ x, y }: { readonly x: number; readonly y: number }): { x: number; y: number } {
    const { width, height } = this.layout.whole;
    const place = unturned(this.rotation, x, y);
    return { x: place.x * width, y: place.y * height };
  }

  /** As parts of what a cell draws. */
  private placeIn(cell: number, at: { readonly x: number; readonly y: number }): { x: number; y: number } {
    const { whole, rest } = this.layout;
    const area: Area = cell === this.focus.secure ? whole : rest;
    const place = this.placeOf(at);
    return { x: (place.x - area.x) / area.width, y: (place.y - area.y) / area.height };
  }
}
