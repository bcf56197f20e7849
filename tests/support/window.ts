import type { Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchChromium } from './browser.ts';
import { serveWorkstation } from './workstation.ts';

/** The window in a browser, and what every test of it looks at. */
export interface Window {
  readonly page: Page;
  /** What the page complained about: errors of scripts, refusals of the content security policy. */
  readonly complaints: string[];
  /** A button of the machine's toolbar. */
  button(name: string): ReturnType<Page['locator']>;
  consoleText(): Promise<string>;
  /** What the status bar says of the machine. */
  state(): Promise<string>;
}

/** Opens a handset file, for a user who has never used the window, before the tests of a `describe`, and closes it behind them. */
export function openWindow(handset: string, timeoutMs: number): Window {
  let page: Page;
  const complaints: string[] = [];
  let close = () => Promise.resolve();

  beforeAll(async () => {
    const [workstation, browser] = await Promise.all([serveWorkstation(handset), launchChromium()]);
    close = async () => {
      await browser.close();
      await workstation.close();
    };
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(timeoutMs);
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(workstation.url, { timeout: timeoutMs });
  });
  afterAll(() => close());

  return {
    get page() {
      return page;
    },
    complaints,
    button: (name) => page.getByRole('toolbar', { name: 'Machine' }).getByRole('button', { name }),
    consoleText: () => page.locator('.xterm-rows').innerText(),
    state: () => page.getByRole('contentinfo').getByRole('status').innerText(),
  };
}
