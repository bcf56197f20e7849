import { UserError } from '../../../base/user-error.ts';
import type { MonitorCommand } from '../command.ts';

/** QEMU's; the format follows from the file's name. */
export const screendump: MonitorCommand = {
  names: ['screendump', 'screenshot'],
  usage: 'screendump FILE [SCREEN]',
  summary: 'writes what a screen shows (.png, .ppm); the first one without SCREEN',
  run({ target: { screens } }, [file, name]) {
    const names = screens.map((screen) => screen.name).join(', ');
    if (file === undefined) throw new UserError('no-file', 'a file is needed', { hint: 'screendump FILE.png' });
    const screen = screens.find((one) => name === undefined || one.name === name);
    if (!screen) {
      const message = name === undefined ? 'the machine has no screen' : `there is no screen ${JSON.stringify(name)}`;
      throw new UserError('unknown-screen', message, { hint: names || 'run --display virtio-gpu' });
    }
    const picture = screen.picture();
    if (!picture) throw new UserError('nothing-shown', `the guest shows nothing on ${screen.name}`);
    return { text: `${screen.name}: ${picture.width}x${picture.height}\n`, picture: { file, picture } };
  },
};
