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
      throw new UserError('unknown-screen', message, {
        hint: names || 'run --display virtio-gpu, or display under devices: in the handset file',
      });
    }
    const picture = screen.picture();
    if (!picture) throw new UserError('nothing-shown', `the guest shows nothing on ${screen.name}`);
    return { text: `${screen.name}: ${picture.width}x${picture.height}\n`, picture: { file, picture } };
  },
};

/** Ours: several cells share a screen. */
export const switchScreen: MonitorCommand = {
  names: ['switch'],
  usage: 'switch [CELL]',
  summary: 'gives the screen to a cell; without CELL: who has it',
  run({ target: { focus } }, [name]) {
    if (!focus) throw new UserError('no-cells', 'no cells share a screen');
    const { names, foreground, taken } = focus;
    if (name === undefined) {
      const holder = taken === undefined ? '' : `; ${names[taken]} has taken it`;
      return [`${names[foreground]} has the screen${holder}`];
    }
    const cell = names.indexOf(name);
    const able = names.filter((_, n) => focus.canHave(n)).join(', ');
    if (!focus.canHave(cell)) throw new UserError('unknown-cell', `${name} cannot have the screen`, { hint: `one of: ${able}` });
    if (taken !== undefined) throw new UserError('taken', `${names[taken]} has taken the screen, and gives it back by itself`);
    return { text: '', action: { foreground: cell } };
  },
};
