/** Screens as `--display virtio-gpu,xres=640,yres=480` and QEMU's `-device` describe them. */
import type { DisplayConfig } from '../../emulator/machine/types.ts';
import { parseNumber } from '../services/handset/units.ts';
import { defaultDisplay, displaySizeProblem, displaysProblem } from '../services/machines/displays.ts';
import { requireWritable } from '../services/host-files.ts';
import { pictureFormat } from '../services/pictures.ts';
import { optionError } from './failure.ts';
import { Properties } from './qemu/properties.ts';

/** Takes the properties of a virtio-gpu. */
export function takeGpu(option: string, properties: Properties): DisplayConfig {
  const side = (key: string, otherwise: number): number => {
    const text = properties.take(key);
    if (text === undefined) return otherwise;
    const value = parseNumber(text);
    if (value === undefined) throw optionError(option, `${key}=${text} is not a number`);
    return value;
  };
  const display = {
    device: defaultDisplay.device,
    width: side('xres', defaultDisplay.width),
    height: side('yres', defaultDisplay.height),
    edid: properties.takeSwitch('edid', defaultDisplay.edid),
  };
  const problem = displaySizeProblem(display.width, display.height);
  if (problem) throw optionError(option, problem.message, problem.hint);
  return display;
}

/** `--display none`, `--display ramfb`, `--display virtio-gpu[,xres=N][,yres=N][,edid=off]`, each a screen. */
export function parseDisplays(texts: readonly string[]): DisplayConfig[] {
  const option = '--display';
  const displays: DisplayConfig[] = [];
  for (const text of texts) {
    const properties = new Properties(option, text, 'device');
    const device = properties.takeRequired('device');
    if (device === 'virtio-gpu') displays.push(takeGpu(option, properties));
    else if (device === 'ramfb') displays.push({ device });
    else if (device !== 'none')
      throw optionError(option, `${JSON.stringify(device)} will not do`, 'one of: virtio-gpu, ramfb, none');
    properties.end();
  }
  checkDisplays(option, displays);
  return displays;
}

export function checkDisplays(option: string, displays: readonly DisplayConfig[]): void {
  const problem = displaysProblem(displays);
  if (problem) throw optionError(option, problem.message, problem.hint);
}

/** A mistake in what is to be written is told before anything runs. */
export function checkScreenshot(file: string, hasScreen: boolean): void {
  const option = '--screenshot';
  pictureFormat(file);
  if (!hasScreen)
    throw optionError(option, 'the machine has no screen', '--display virtio-gpu, or display under devices: in the handset file');
  requireWritable(file, option);
}
