import { join } from 'node:path';
import type { CellConfig } from '../../../emulator/hypervisor/config.ts';
import { imageFolder } from '../../boot/support/images.ts';
import { initrd } from '../../boot/support/debian.ts';
import { guestFile } from '../../support/guests.ts';
import type { Figure, Show } from '../show.ts';
import { measureBudgets } from './budgets.ts';
import { measureShares } from './shares.ts';

const image = 'freertos-el1-gicv3';
const guests = ['Image-cloud', initrd, 'initramfs-mini.cpio.gz'];

/** The control: FreeRTOS may have what it wants. */
function withoutBudget(cell: CellConfig): CellConfig {
  return cell.name === 'freertos' ? { ...cell, schedule: { priority: cell.schedule.priority } } : cell;
}

export const share: Show = {
  name: 'share',
  summary: 'two Linux share a core by their shares, and four cells with three kernels keep their budgets',
  control: 'the equal shares are 1 to 2, and one cell has no budget',
  missing() {
    const absent = guests.filter((guest) => !guestFile(guest));
    if (absent.length > 0) return `there is no ${absent.join(', no ')}: pocketvisor guests fetch`;
    if (!imageFolder(image)) return `there is no image ${image}: POCKETVISOR_IMAGES names the folder of third-party images`;
    return undefined;
  },
  run({ short, control, progress }) {
    const figures: Figure[] = [];
    const details: string[] = [];
    const seconds = short ? 0.5 : 10;
    for (const shares of short || control
      ? [[1, 1]]
      : [
          [1, 1],
          [1, 3],
        ]) {
      progress(`two Linux with shares ${shares.join(' to ')}`);
      const spoilt = control ? [1, 2] : shares;
      const shown = measureShares(spoilt, shares, seconds);
      figures.push(...shown.figures);
      details.push(...shown.details);
    }
    for (const policy of short || control ? (['throttle'] as const) : (['throttle', 'background', 'stop'] as const)) {
      progress(`four cells, overrun: ${policy}`);
      const edit = (text: string): string =>
        text
          .replace(/image: .*freertos.elf/, `image: ${join(imageFolder(image)!, 'freertos.elf')}`)
          .replaceAll('overrun: throttle', `overrun: ${policy}`)
          .replace(policy === 'stop' ? 'restart: always' : /$^/, '');
      const shown = measureBudgets({ edit, ...(control ? { change: withoutBudget } : {}) }, policy, short ? 2 : seconds);
      figures.push(...shown.figures);
      details.push(...shown.details);
    }
    return Promise.resolve({ figures, details });
  },
};
