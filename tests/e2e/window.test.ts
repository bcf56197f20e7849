/** The window from outside, in a browser, on the real machine. The tests are one session: each goes on where the one before ended. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../support/browser.ts';
import { needs } from '../support/packages.ts';
import { serveWorkstation, type Workstation } from '../support/workstation.ts';

const soon = { timeout: 20_000, interval: 100 };

describe.skipIf(needs('chromium'))('the window', () => {
  let workstation: Workstation;
  let browser: Browser;
  let page: Page;
  /** What the page complained about: errors of scripts, refusals of the content security policy. */
  const complaints: string[] = [];

  beforeAll(async () => {
    [workstation, browser] = await Promise.all([serveWorkstation('resources/handsets/hello.yaml'), launchChromium()]);
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(soon.timeout);
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(workstation.url);
  });

  afterAll(async () => {
    await browser?.close();
    await workstation?.close();
  });

  const toolbar = () => page.getByRole('toolbar', { name: 'Machine' });
  const button = (name: string) => toolbar().getByRole('button', { name });
  const consoleText = () => page.locator('.xterm-rows').innerText();
  const editorLine = (text: string) => page.locator('.view-line', { hasText: text });
  /** Columns are those behind the indentation. */
  const goToColumn = async (line: Locator, column: number) => {
    await line.click();
    await page.keyboard.press('Home');
    for (let at = 0; at < column; at++) await page.keyboard.press('ArrowRight');
  };
  const state = () => page.getByRole('contentinfo').getByRole('status').innerText();

  test('opens on the handset that was named, ready to run', async () => {
    await page.getByRole('heading', { name: 'hello', level: 1 }).waitFor();
    await editorLine('handset:').waitFor();
    await expect.poll(() => button('Run').isEnabled(), soon).toBe(true);
    expect(await state()).toBe('Not started');
    expect(new URL(page.url()).search).toBe('');
  });

  test('runs it: the console shows what the guest prints', async () => {
    await button('Run').click();
    await expect.poll(consoleText, soon).toMatch(/bare metal[^]*Type help[^]*hello> /);
    await expect.poll(state, soon).toBe('Running');
  });

  test('what is typed reaches the guest, which echoes it', async () => {
    await page.locator('.xterm').click();
    await page.keyboard.type('echo forty-two\r');
    await expect.poll(consoleText, soon).toMatch(/hello> echo forty-two\s+forty-two\s+hello> /);
  });

  test('the console can be searched', async () => {
    await page.keyboard.press('Control+f');
    await page.getByRole('textbox', { name: 'Search the console' }).fill('forty-two');
    await expect.poll(() => page.getByRole('search').getByRole('status').innerText(), soon).toBe('2 of 2');
    await page.keyboard.press('Escape');
  });

  test('pause holds the virtual time, stop ends the run', async () => {
    await button('Pause').click();
    await expect.poll(state, soon).toBe('Paused');
    const time = () => page.getByTitle('Virtual time since the start').innerText();
    const held = await time();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await time()).toBe(held);
    await button('Stop').click();
    await expect.poll(state, soon).toMatch(/^Off/);
  });

  test('a typing error is underlined at its place, and named', async () => {
    await goToColumn(editorLine('devices:'), 'dev'.length);
    await page.keyboard.press('Delete');
    const underline = page.locator('.squiggly-error');
    await underline.waitFor();
    const word = await editorLine('devces:').getByText('devces', { exact: true }).boundingBox();
    const mark = await underline.boundingBox();
    expect(Math.abs(mark!.x - word!.x)).toBeLessThan(3);
    expect(Math.abs(mark!.width - word!.width)).toBeLessThan(3);
    expect(Math.abs(mark!.y - word!.y)).toBeLessThan(3);
    const named = page.getByRole('list', { name: 'Problems of the handset file' }).getByText('unknown key "devces"');
    await named.waitFor();
    await underline.hover({ force: true });
    await page.locator('.monaco-hover', { hasText: 'unknown key "devces"' }).waitFor();
  });

  test('it does not run with the error, and does once that is corrected', async () => {
    await button('Run').click();
    await page.getByRole('log', { name: 'Messages' }).getByText('cannot run yet').waitFor();
    expect(await state()).toMatch(/^Off/);
    await goToColumn(editorLine('devces:'), 'dev'.length);
    await page.keyboard.type('i');
    await page.locator('.squiggly-error').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+End');
    await page.keyboard.type('# mine');
    await button('Run').click();
    await expect.poll(state, soon).toBe('Running');
    await expect.poll(consoleText, soon).toMatch(/bare metal[^]*hello> /);
    // An example stays as it is: the change went into a copy.
    expect(await page.getByRole('list', { name: 'My handsets' }).getByRole('button').innerText()).toMatch(/^hello/);
  });

  test('the text survives a new page, and so does the console', async () => {
    await page.reload();
    await page.getByRole('list', { name: 'My handsets' }).getByRole('button').click();
    await editorLine('# mine').waitFor();
    await expect.poll(consoleText, soon).toMatch(/bare metal[^]*hello> /);
  });

  test('F6 goes through the panels, also out of those that keep Tab', async () => {
    const focused = () =>
      page.evaluate(() => document.activeElement?.closest('section.pane')?.getAttribute('aria-label') ?? 'none');
    await page.locator('.xterm').click();
    const seen = new Set([await focused()]);
    for (let press = 0; press < 2; press++) {
      await page.keyboard.press('F6');
      seen.add(await focused());
    }
    expect(seen).toEqual(new Set(['Console', 'Handsets', 'Handset file']));
  });

  test('nothing was refused or failed in the page', () => {
    expect(complaints).toEqual([]);
  });
});
