/** Several guests in the window, in a browser: a console for each, and the panel that says how they do. */
import { describe, expect, test } from 'vitest';
import { needs } from '../support/packages.ts';
import { openWindow } from '../support/window.ts';

const soon = { timeout: 60_000, interval: 100 };

describe.skipIf(needs('chromium'))('cells in the window', () => {
  const view = openWindow('resources/handsets/basic.yaml', soon.timeout);
  const { button, consoleText, state, complaints } = view;

  test('several guests have a console each, and are paused and stopped one by one', async () => {
    await view.page.getByRole('heading', { name: 'basic', level: 1 }).waitFor();
    await expect.poll(() => button('Run').isEnabled(), soon).toBe(true);
    await button('Run').click();
    const cell = (name: string) => view.page.getByRole('list', { name: 'Cells' }).getByRole('listitem', { name });
    await cell('modem').getByText('running').waitFor();
    await expect.poll(consoleText, soon).toMatch(/baseband>/);
    await view.page.getByRole('tab', { name: 'ui' }).click();
    await expect.poll(consoleText, soon).toMatch(/ui: 240x320/);
    await view.page
      .getByRole('list', { name: 'Deadlines' })
      .getByText(/\d+ in time, 0 missed/)
      .waitFor();
    const share = () => cell('modem').getByRole('meter', { name: 'Budget' }).getAttribute('aria-valuenow');
    await expect.poll(async () => Number(await share()), soon).toBeGreaterThan(1);
    await cell('modem').getByRole('button', { name: 'Pause' }).click();
    await cell('modem').getByText('paused').waitFor();
    await cell('modem').getByRole('button', { name: 'Resume' }).click();
    await cell('modem').getByText('running').waitFor();
    await cell('ui').getByRole('button', { name: 'Stop' }).click();
    await cell('ui').getByText('off', { exact: true }).waitFor();
    expect(await state()).toBe('Running');
    await cell('ui').getByRole('button', { name: 'Replace' }).click();
    await cell('ui').getByText('running').waitFor();
    await button('Stop').click();
    await expect.poll(state, soon).toMatch(/^Off/);
  });

  test('nothing was refused or failed in the page', () => {
    expect(complaints).toEqual([]);
  });
});
