/** The Screen panel from outside: a guest of our own draws, and what is typed, drawn and touched there reaches it. One session, as in window.test.ts. */
import { readFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { needs } from '../support/packages.ts';
import { openWindow } from '../support/window.ts';

const soon = { timeout: 90_000, interval: 100 };
/** Of resources/guests/sketch. */
const [WIDTH, HEIGHT] = [480, 800];
const paper = [0xf7, 0xf4, 0xec];
const [ink, orange] = [
  [0x27, 0x30, 0x3d],
  [0xe4, 0x57, 0x2e],
];
/** Places in the picture: the second colour, and where nothing is drawn at first. */
const swatch = [285, 36] as const;

describe.skipIf(needs('chromium'))('the screen', () => {
  const view = openWindow('resources/handsets/sketch.yaml', soon.timeout);
  const { button, consoleText, complaints } = view;

  const surface = () => view.page.getByRole('application', { name: 'Screen of the guest' });
  const panel = () => view.page.locator('section[aria-label=Screen]');
  /** Red, green and blue of a pixel that is shown. */
  const pixel = (x: number, y: number) =>
    view.page.evaluate(
      ([atX, atY]) => {
        const canvas = document.querySelector('[aria-label=Screen] .stage canvas') as HTMLCanvasElement;
        return [...canvas.getContext('2d')!.getImageData(atX, atY, 1, 1).data.subarray(0, 3)];
      },
      [x, y] as const,
    );
  const shows = (at: readonly [number, number], colour: number[]) => expect.poll(() => pixel(...at), soon).toEqual(colour);
  /** Where a place of the picture is on the page; not turned. */
  const onPage = async (x: number, y: number) => {
    const box = (await surface().boundingBox())!;
    return [box.x + ((x + 0.5) * box.width) / WIDTH, box.y + ((y + 0.5) * box.height) / HEIGHT] as const;
  };
  const pressedAt = (x: number, y: number) => {
    const near = (value: number) => `(${value - 1}|${value}|${value + 1})`;
    return expect.poll(consoleText, soon).toMatch(new RegExp(`pressed at ${near(x)}, ${near(y)}\\b`));
  };

  test('says what will be there before the machine is', async () => {
    await view.page.locator('.tab', { hasText: 'Screen' }).click();
    await panel().getByText('The machine is not there yet').waitFor();
  });

  test('comes forward with the picture of the guest when that begins to draw', async () => {
    await view.page.locator('.tab', { hasText: 'Handset file' }).click();
    const run = button('Run');
    await expect.poll(() => run.isEnabled(), soon).toBe(true);
    await run.click();
    await surface().waitFor();
    await panel().getByText(`${WIDTH} × ${HEIGHT}`).waitFor();
    await shows(swatch, orange);
    await shows([240, 400], paper);
    const box = (await surface().boundingBox())!;
    expect(Math.abs(box.width / box.height - WIDTH / HEIGHT)).toBeLessThan(0.01);
  });

  test('keys go to the guest while it has the focus', async () => {
    await panel().getByText('click to type').waitFor();
    await surface().click();
    await panel().getByText('F6 leaves').waitFor();
    await view.page.keyboard.type('hello');
    await view.page.keyboard.press('Tab');
    // What was typed stands in the line below, at its left.
    await shows([12 + 14, 800 - 64 + 15 + 9], [0xf3, 0xf6, 0xfb]);
    await view.page.keyboard.press('Enter');
    await expect.poll(consoleText, soon).toContain('typed: HELLO');
  });

  test('a pointer draws, in the colour that it chose', async () => {
    await view.page.mouse.click(...(await onPage(...swatch)));
    await pressedAt(...swatch);
    await view.page.mouse.move(...(await onPage(100, 300)));
    await view.page.mouse.down();
    await view.page.mouse.move(...(await onPage(300, 300)), { steps: 8 });
    await view.page.mouse.up();
    await pressedAt(100, 300);
    await shows([200, 300], orange);
  });

  test('fingers draw, each for itself', async () => {
    const session = await view.page.context().newCDPSession(view.page);
    const points = async (...places: (readonly [number, number])[]) =>
      Promise.all(places.map(async (place, id) => ((at) => ({ x: at[0], y: at[1], id }))(await onPage(...place))));
    const touch = async (type: 'touchStart' | 'touchMove' | 'touchEnd', ...places: (readonly [number, number])[]) =>
      session.send('Input.dispatchTouchEvent', { type, touchPoints: await points(...places) });
    await touch('touchStart', [100, 500], [100, 600]);
    await touch('touchMove', [200, 500], [200, 600]);
    await touch('touchMove', [300, 500], [300, 600]);
    await touch('touchEnd');
    for (const y of [500, 600]) await shows([250, y], orange);
    await shows([250, 550], paper);
  });

  test('turned, places are still where they are seen', async () => {
    await panel().getByRole('button', { name: 'Turn by a quarter' }).click();
    const box = (await surface().boundingBox())!;
    expect(box.width).toBeGreaterThan(box.height);
    // By a quarter to the right: what was the left edge is the top.
    await view.page.mouse.click(box.x + box.width * (1 - 200.5 / HEIGHT), box.y + (box.height * 120.5) / WIDTH);
    await pressedAt(120, 200);
    for (let turn = 0; turn < 3; turn++) await panel().getByRole('button', { name: 'Turn by a quarter' }).click();
  });

  test('pixel for pixel, it is as large as the guest draws it', async () => {
    await panel().getByRole('button', { name: 'Pixel for pixel' }).click();
    await expect.poll(async () => (await surface().boundingBox())!.width, soon).toBe(WIDTH);
    await panel().getByRole('button', { name: 'Pixel for pixel' }).click();
  });

  test('the picture can be saved', async () => {
    const download = view.page.waitForEvent('download');
    await panel().getByRole('button', { name: 'Save the picture' }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe('sketch.png');
    const { width, height, data } = PNG.sync.read(readFileSync(await saved.path()));
    expect([width, height]).toEqual([WIDTH, HEIGHT]);
    const at = 4 * (swatch[1] * width + swatch[0]);
    expect([...data.subarray(at, at + 3)]).toEqual(orange);
  });

  test('F6 takes the focus away, and lets go of the keys', async () => {
    await surface().click();
    await view.page.keyboard.press('F6');
    await panel().getByText('click to type').waitFor();
  });

  test('the last picture stays when the run ends', async () => {
    await button('Stop').click();
    await panel().getByRole('status').getByText('off').waitFor();
    expect(await pixel(200, 300)).toEqual(orange);
    expect(await pixel(20, 780)).not.toEqual(ink);
  });

  test('nothing was refused or failed in the page', () => {
    expect(complaints).toEqual([]);
  });
});
