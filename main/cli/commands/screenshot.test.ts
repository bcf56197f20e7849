import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import type { UserError } from '../../../emulator/base/user-error.ts';
import type { MachineEvent } from '../../../emulator/machine/types.ts';
import { FakeWorker } from '../../services/machines/fake-worker.test-support.ts';
import { screenshotCommand, type ScreenshotOptions } from './screenshot.ts';
import { keepOutput } from '../output.test-support.ts';

const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
const kernel = join(folder, 'Image');
const image = Buffer.alloc(128);
image.write('ARMd', 56, 'latin1');
writeFileSync(kernel, image);
const picture = { width: 2, height: 1, rgba: Uint8Array.of(1, 2, 3, 255, 4, 5, 6, 255) };

const written = keepOutput();

/** The guest's screen shows what the event says, at the moment that was asked for. */
async function take(options: ScreenshotOptions, event: Partial<Extract<MachineEvent, { type: 'screenshot' }>> = { picture }) {
  const worker = new FakeWorker();
  worker.onCommand = ({ type }) =>
    type === 'start' &&
    setImmediate(() => {
      worker.say('hello');
      worker.emit({ type: 'screenshot', ...event });
      worker.end({ outcome: 'timeout' });
    });
  const code = await screenshotCommand(undefined, { kernel, ...options }, () => worker);
  return { code, worker };
}

describe('a picture', () => {
  test('has what the screen shows at a moment, and the console goes nowhere', async () => {
    const output = join(folder, 'screen.png');
    const { code, worker } = await take({ output, at: 3e9 });
    expect([code, written.out, written.err]).toEqual([0, '', '']);
    const displays = [{ device: 'virtio-gpu', width: 1280, height: 800, edid: true }];
    expect(worker.commands[0]).toMatchObject({ config: { displays }, script: { timeoutNs: 3e9, screenshot: {} } });
    expect([...PNG.sync.read(readFileSync(output)).data]).toEqual([...picture.rgba]);
  });

  test('may be a PPM, as of QEMU', async () => {
    const output = join(folder, 'screen.PPM');
    await take({ output, at: 3e9, display: ['ramfb'] });
    expect(readFileSync(output, 'latin1')).toBe('P6\n2 1\n255\n\x01\x02\x03\x04\x05\x06');
  });

  test('is not there when the guest shows nothing', async () => {
    const { code } = await take({ output: join(folder, 'nothing.png'), at: 3e9 }, {});
    expect([code, written.err]).toEqual([1, 'pocketvisor: --screenshot: the guest shows nothing on its screen\n']);
  });

  test.each<[string, ScreenshotOptions, RegExp]>([
    ['no file', { at: 1 }, /--output: a file is needed/],
    ['no moment', { output: 'a.png' }, /--at: at which moment is not said \(--at 10s, or --expect REGEX\)/],
    ['no such format', { output: 'a.gif', at: 1 }, /a\.gif: pictures are \.png or \.ppm/],
    ['no screen', { output: 'a.png', at: 1, display: ['none'] }, /the machine has no screen \(--display virtio-gpu, or /],
    ['no folder', { output: '/nowhere/a.png', at: 1 }, /--screenshot \/nowhere\/a\.png: there is no such folder/],
    ['no such screen', { output: 'a.png', at: 1, display: ['vga'] }, /"vga" will not do \(one of: virtio-gpu, ramfb, none\)/],
    ['no such property', { output: 'a.png', at: 1, display: ['ramfb,xres=1'] }, /the property xres=1 is not supported/],
    ['no such size', { output: 'a.png', at: 1, display: ['virtio-gpu,yres=9'] }, /a screen of 1280x9 is out of range/],
    ['too many screens', { output: 'a.png', at: 1, display: Array<string>(5).fill('virtio-gpu') }, /5 screens/],
  ])('%s: a mistake is told before anything runs', async (_name, options, message) => {
    const mistake = await take(options).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect((mistake as UserError).toLine()).toMatch(message);
  });

  test('that cannot be written is a mistake, too', async () => {
    await expect(take({ output: join(folder, 'no/such/folder.png'), at: 1 })).rejects.toThrow('there is no such folder');
  });
});
