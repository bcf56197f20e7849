/** What guests draw is what pictures of their screens have, pixel by pixel. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { expect } from 'vitest';
import { guestFile as ownGuest } from '../../resources/guests/build.ts';
import { guestFile } from '../support/guests.ts';
import { packages } from '../support/packages.ts';
import { pocketvisor, run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';
import { bootTest } from './support/boot-test.ts';
import { atPrompt, debian, initrd } from './support/debian.ts';
import { imageFolder } from './support/images.ts';
import { qemuScreen } from './support/qemu-screen.ts';

const folder = scratchFolder();

bootTest('NuttX draws on a virtio-gpu', { images: ['nuttx-fb'] }, async () => {
  const image = imageFolder('nuttx-fb')!;
  const file = join(folder, 'nuttx.ppm');
  const { code, console } = await run(
    ...['--el', '2', '--cpu', 'cortex-a53', '--memory', '128M', '--kernel', join(image, 'nuttx.elf')],
    ...['--display', 'virtio-gpu,xres=640,yres=480', '--send', 'nsh> =>fb\\n', '--expect', 'Test finished'],
    ...['--screenshot', file, '--timeout', '60s', '--wall', '300s'],
  );
  expect(code, console.slice(-2000)).toBe(0);
  expect(readFileSync(file).equals(gunzipSync(readFileSync(join(image, 'expected.ppm.gz'))))).toBe(true);
});

const size = { width: 800, height: 600 };

const shown = `^PICTURE ${size.width}x${size.height} .* is shown`;

/** What resources/guests/picture draws, red, green and blue of each pixel. */
const picture = Buffer.alloc(3 * size.width * size.height);
for (let y = 0, at = 0; y < size.height; y++) {
  for (let x = 0; x < size.width; x++, at += 3) {
    const isWhite = x < size.width / 2 && y < size.height / 2;
    picture.set(isWhite ? [255, 255, 255] : [x & 255, y & 255, (x ^ y) & 255], at);
  }
}

const pixelsOfPpm = (bytes: Buffer): Buffer => bytes.subarray(bytes.length - 3 * size.width * size.height);

function pixelsOfPng(bytes: Buffer): Buffer {
  const { data, width, height } = PNG.sync.read(bytes);
  expect({ width, height }).toEqual(size);
  return Buffer.from(data.filter((_, at) => at % 4 !== 3));
}

/** Debian's small system with the program that draws. */
function initrdWithPicture(): string {
  const path = join(folder, 'initrd');
  writeFileSync(path, Buffer.concat([readFileSync(guestFile(initrd)!), gzipSync(readFileSync(ownGuest('picture')))]));
  return path;
}

const debianNeeds = { guests: ['Image-full', initrd] };
const linux = (): string[] => [...debian('Image-full', 1), '--initrd', initrdWithPicture()];
const display = ['--display', `virtio-gpu,xres=${size.width},yres=${size.height}`];

bootTest('what a program on Linux draws is on the screen, with a change of a part', debianNeeds, async () => {
  const [png, ppm] = ['screen.png', 'screen.ppm'].map((name) => join(folder, name)) as [string, string];
  const script = join(folder, 'monitor');
  writeFileSync(script, `screendump ${png} gpu0\nscreendump ${join(folder, 'screen.bmp')}\n`);
  const { code, console, errors } = await run(
    ...[...linux(), ...display, ...atPrompt('/picture change'), '--expect', shown],
    ...['--monitor-script', script, '--screenshot', ppm],
  );
  expect(code, console.slice(-2000)).toBe(0);
  expect(errors).toContain('pictures are .png or .ppm');
  expect(pixelsOfPng(readFileSync(png)).equals(picture)).toBe(true);
  expect(pixelsOfPpm(readFileSync(ppm)).equals(picture)).toBe(true);
});

bootTest('QEMU shows the same', { ...debianNeeds, packages: ['qemu-system-arm'], long: true }, async () => {
  const theirs = await qemuScreen({
    args: [
      ...['-m', '512', '-kernel', guestFile('Image-full')!, '-initrd', initrdWithPicture(), '-append', 'console=ttyAMA0'],
      ...['-global', 'virtio-mmio.force-legacy=false', '-device', `virtio-gpu-device,xres=${size.width},yres=${size.height}`],
    ],
    sends: [['/ # ', '/picture change\n']],
    expect: new RegExp(shown, 'm'),
    folder,
  });
  expect(pixelsOfPpm(theirs).equals(picture)).toBe(true);
});

bootTest('cores with threads of their own draw the same', { ...debianNeeds, long: true }, async () => {
  const file = join(folder, 'parallel.ppm');
  const { code, output } = await pocketvisor(
    ...['run', ...linux(), ...display, '--cpus', '2', '--threads', 'auto', ...atPrompt('/picture change')],
    ...['--expect', shown, '--screenshot', file],
  );
  expect(code, output.slice(-2000)).toBe(0);
  expect(pixelsOfPpm(readFileSync(file)).equals(picture)).toBe(true);
});

const edk2Needs = { packages: ['qemu-efi-aarch64', 'qemu-system-arm'], long: true } as const;

for (const device of ['ramfb', 'virtio-gpu']) {
  bootTest(`EDK2 draws by ${device} what it draws on QEMU`, edk2Needs, async () => {
    const [firmware, file] = [packages['qemu-efi-aarch64'], join(folder, `${device}.ppm`)];
    // Some time after its shell has said `Shell> ` nothing moves any more.
    const { code, output, errors } = await pocketvisor(
      ...['screenshot', '--at', '13s', '-o', file, '--cpu', 'cortex-a57', '--bios', firmware, '--display', device],
      ...['--wall', '400s'],
    );
    expect([code, output], errors).toEqual([0, '']);
    const ours = readFileSync(file);
    const theirDevice = device === 'ramfb' ? device : `${device}-device`;
    const theirs = await qemuScreen({
      args: ['-bios', firmware, '-global', 'virtio-mmio.force-legacy=false', '-device', theirDevice],
      ...{ expect: /Shell> /, folder, until: (picture) => picture.equals(ours) },
    });
    expect(theirs.equals(ours)).toBe(true);
  });
}
