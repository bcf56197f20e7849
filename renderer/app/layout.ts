import type { DockviewApi } from 'dockview-vue';
import type { Feature, Place } from '../base/feature.ts';

/** Part of every saved layout: one that was written for other panels is not used. */
const layoutVersion = 1;

/** Panels to the left keep their width when the window grows; editor and console share the rest. */
export function applyDefaultLayout(api: DockviewApi, features: readonly Feature[]): void {
  api.clear();
  const first: Partial<Record<Place, string>> = {};
  for (const place of ['center', 'left', 'right', 'bottom'] as const) {
    // What comes forward by itself is behind the others until then.
    const here = features.filter((feature) => feature.place === place).toSorted((a, b) => rank(a) - rank(b));
    for (const { id, title } of here) {
      const panel = { id, title, component: id, renderer: 'always' as const };
      const neighbour = first[place];
      if (neighbour !== undefined) {
        api.addPanel({ ...panel, inactive: true, position: { referencePanel: neighbour, direction: 'within' } });
      } else {
        api.addPanel({ ...panel, ...sizeOf(place, api), ...positionOf(place, first.center) });
        first[place] = id;
      }
    }
  }
  // The guest's console is what most people come for.
  if (first.right !== undefined) api.getPanel(first.right)?.api.setActive();
}

const rank = ({ comesForward }: Feature): number => (comesForward ? 1 : 0);

function sizeOf(place: Place, api: DockviewApi): { initialWidth?: number; initialHeight?: number } {
  if (place === 'left') return { initialWidth: 264 };
  if (place === 'right') return { initialWidth: Math.round((api.width - 264) * 0.56) };
  if (place === 'bottom') return { initialHeight: 168 };
  return {};
}

function positionOf(place: Place, center: string | undefined) {
  if (center === undefined || place === 'center') return {};
  const direction = place === 'bottom' ? 'below' : place;
  return { position: { referencePanel: center, direction } as const };
}

export function serializeLayout(api: DockviewApi, features: readonly Feature[]): string {
  return JSON.stringify({ version: layoutVersion, features: names(features), layout: api.toJSON() });
}

/** Answers whether the saved layout was of use. */
export function restoreLayout(api: DockviewApi, saved: string, features: readonly Feature[]): boolean {
  try {
    const { version, features: of, layout } = JSON.parse(saved) as { version: number; features: string; layout: never };
    if (version !== layoutVersion || of !== names(features)) return false;
    api.fromJSON(layout);
    return true;
  } catch {
    return false;
  }
}

const names = (features: readonly Feature[]) =>
  features
    .map(({ id }) => id)
    .sort()
    .join(' ');
