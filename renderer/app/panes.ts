/** The class of the element around each panel. */
export const paneClass = 'pane';

/**
 * Moves the focus to the next panel, or the one before: terminal and editor take Tab for themselves, so there has to be another way out.
 * It goes to what one types into, else to the first thing that can be pressed.
 */
export function focusNextPane(step: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>(`.${paneClass}`)]
    .filter((pane) => pane.checkVisibility({ visibilityProperty: true }) && firstTarget(pane))
    .sort(byPlace);
  const current = panes.findIndex((pane) => pane.contains(document.activeElement));
  const next = current < 0 ? 0 : (current + step + panes.length) % panes.length;
  const pane = panes[next];
  if (pane) firstTarget(pane)?.focus();
}

function firstTarget(pane: HTMLElement): HTMLElement | null {
  return (
    pane.querySelector<HTMLElement>('textarea, .native-edit-context, [role=application]') ??
    pane.querySelector('button:not(:disabled)')
  );
}

/** As one reads: columns from the left, each from the top. */
function byPlace(a: HTMLElement, b: HTMLElement): number {
  const [first, second] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
  return first.left - second.left || first.top - second.top;
}
