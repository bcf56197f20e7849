/** The window from outside, in a browser, on the real machine. The tests are one session: each goes on where the one before ended. */
import type { Locator } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { needs } from '../support/packages.ts';
import { openWindow } from '../support/window.ts';

const soon = { timeout: 20_000, interval: 100 };

describe.skipIf(needs('chromium'))('the window', () => {
  const view = openWindow('resources/handsets/hello.yaml', soon.timeout);
  const { button, consoleText, state, complaints } = view;

  const editorLine = (text: string) => view.page.locator('.view-line', { hasText: text });
  /** Columns are those behind the indentation. */
  const goToColumn = async (line: Locator, column: number) => {
    await line.click();
    await view.page.keyboard.press('Home');
    for (let at = 0; at < column; at++) await view.page.keyboard.press('ArrowRight');
  };

  test('opens on the handset that was named, ready to run', async () => {
    await view.page.getByRole('heading', { name: 'hello', level: 1 }).waitFor();
    await editorLine('handset:').waitFor();
    await expect.poll(() => button('Run').isEnabled(), soon).toBe(true);
    expect(await state()).toBe('Not started');
    expect(new URL(view.page.url()).search).toBe('');
  });

  test('runs it: the console shows what the guest prints', async () => {
    await button('Run').click();
    await expect.poll(consoleText, soon).toMatch(/bare metal[^]*Type help[^]*hello> /);
    await expect.poll(state, soon).toBe('Running');
  });

  test('what is typed reaches the guest, which echoes it', async () => {
    await view.page.locator('.xterm').click();
    await view.page.keyboard.type('echo forty-two\r');
    await expect.poll(consoleText, soon).toMatch(/hello> echo forty-two\s+forty-two\s+hello> /);
  });

  test('the console can be searched', async () => {
    await view.page.keyboard.press('Control+f');
    await view.page.getByRole('textbox', { name: 'Search the console' }).fill('forty-two');
    await expect.poll(() => view.page.getByRole('search').getByRole('status').innerText(), soon).toBe('2 of 2');
    await view.page.keyboard.press('Escape');
  });

  test('pause holds the virtual time, stop ends the run', async () => {
    await button('Pause').click();
    await expect.poll(state, soon).toBe('Paused');
    const time = () => view.page.getByTitle('Virtual time since the start').innerText();
    const held = await time();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await time()).toBe(held);
    await button('Stop').click();
    await expect.poll(state, soon).toMatch(/^Off/);
  });

  test('a typing error is underlined at its place, and named', async () => {
    await goToColumn(editorLine('devices:'), 'dev'.length);
    await view.page.keyboard.press('Delete');
    const underline = view.page.locator('.squiggly-error');
    await underline.waitFor();
    const word = await editorLine('devces:').getByText('devces', { exact: true }).boundingBox();
    const mark = await underline.boundingBox();
    expect(Math.abs(mark!.x - word!.x)).toBeLessThan(3);
    expect(Math.abs(mark!.width - word!.width)).toBeLessThan(3);
    expect(Math.abs(mark!.y - word!.y)).toBeLessThan(3);
    const named = view.page.getByRole('list', { name: 'Problems of the handset file' }).getByText('unknown key "devces"');
    await named.waitFor();
    await underline.hover({ force: true });
    await view.page.locator('.monaco-hover', { hasText: 'unknown key "devces"' }).waitFor();
  });

  test('it does not run with the error, and does once that is corrected', async () => {
    await button('Run').click();
    await view.page.getByRole('log', { name: 'Messages' }).getByText('cannot run yet').waitFor();
    expect(await state()).toMatch(/^Off/);
    await goToColumn(editorLine('devces:'), 'dev'.length);
    await view.page.keyboard.type('i');
    await view.page.locator('.squiggly-error').waitFor({ state: 'detached' });
    await view.page.keyboard.press('Escape');
    await view.page.keyboard.press('Control+End');
    await view.page.keyboard.type('# mine');
    await button('Run').click();
    await expect.poll(state, soon).toBe('Running');
    await expect.poll(consoleText, soon).toMatch(/bare metal[^]*hello> /);
    // An example stays as it is: the change went into a copy.
    expect(await view.page.getByRole('list', { name: 'My handsets' }).getByRole('button').innerText()).toMatch(/^hello/);
  });

  test('the text survives a new page, and so does the console', async () => {
    await view.page.reload();
    await view.page.getByRole('list', { name: 'My handsets' }).getByRole('button').click();
    await editorLine('# mine').waitFor();
    await expect.poll(consoleText, soon).toMatch(/bare metal[^]*hello> /);
  });

  test('F6 goes through the panels, also out of those that keep Tab', async () => {
    const focused = () =>
      view.page.evaluate(() => document.activeElement?.closest('section.pane')?.getAttribute('aria-label') ?? 'none');
    await view.page.locator('.xterm').click();
    const seen = new Set([await focused()]);
    for (let press = 0; press < 2; press++) {
      await view.page.keyboard.press('F6');
      seen.add(await focused());
    }
    expect(seen).toEqual(new Set(['Console', 'Handsets', 'Handset file']));
  });

  test('nothing was refused or failed in the page', () => {
    expect(complaints).toEqual([]);
  });
});
