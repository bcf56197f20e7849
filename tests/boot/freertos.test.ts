/** FreeRTOS judges itself: its images end with FREERTOS PASS or FAIL. */
import { bootTest } from './support/boot-test.ts';
import { runImage } from './support/dialogue.ts';

for (const image of ['freertos-el1-gicv2', 'freertos-el1-gicv3']) {
  bootTest(image, { images: [image] }, () => runImage(image, 60_000));
}
