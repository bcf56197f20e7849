/** NuttX starts at EL2 and goes down to EL1 by itself; its images say what to type and what its shell has to answer. */
import { bootTest } from './support/boot-test.ts';
import { runImage } from './support/dialogue.ts';

const limitMs = 300_000;

bootTest('NuttX has disk, network and random numbers by virtio', { images: ['nuttx-netnsh'] }, () =>
  runImage('nuttx-netnsh', limitMs),
);

// They sleep for more than a minute and a half, which nobody has to wait for.
for (const image of ['nuttx-nsh', 'nuttx-nsh_smp']) {
  bootTest(`${image}: NuttX passes its own tests`, { images: [image], long: image === 'nuttx-nsh_smp' }, () =>
    runImage(image, limitMs),
  );
}
