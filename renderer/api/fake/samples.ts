import type { Guest, Problem, Project, Settings } from '../../../main/contract/index.ts';

const example = (id: string, description: string): Project => ({
  id,
  name: id,
  path: `/opt/pocketvisor/resources/handsets/${id}.yaml`,
  example: true,
  description,
});

const text = (name: string, lines: string[]) =>
  [`handset: ${name}`, 'board: virt', 'cores: 1', '', 'cells:', `  ${name}:`, ...lines.map((line) => `    ${line}`), ''].join(
    '\n',
  );

/** The handset that has a screen. */
export const drawing = 'sketch';

/** The handset that has several guests. */
export const pair = 'baseband';

export const handsetFiles: { project: Project; text: string }[] = [
  {
    project: example('hello', 'Bare metal: a small guest of our own with a shell on its console.'),
    text: text('hello', ['image: ../guests/hello/hello.elf', 'memory: 64M', 'devices: [uart]']),
  },
  {
    project: example('linux', 'Debian 12 with its unmodified cloud kernel and a small busybox userland.'),
    text: text('linux', ['kernel: guest:Image-cloud', 'append: console=ttyAMA0', 'memory: 512M', 'devices: [uart, rng]']),
  },
  {
    project: example(drawing, 'A picture to draw on: a small guest of our own with a screen, a keyboard and fingers.'),
    text: text(drawing, [
      'image: ../guests/sketch/sketch.elf',
      'memory: 64M',
      'devices: [uart, { display: ramfb }, keyboard, touch]',
    ]),
  },
  {
    project: example(pair, 'A baseband beside Debian on one core.'),
    text: text('modem', ['image: ../guests/baseband/baseband.img', 'memory: 4M', 'devices: [uart, radio]']),
  },
];

export const guestList: Guest[] = [
  { name: 'Image-cloud', description: 'Debian kernel for clouds', path: '/guests/Image-cloud' },
  { name: 'Image-rt', description: 'Debian kernel with PREEMPT_RT', path: '/guests/Image-rt' },
  { name: 'initramfs.cpio.gz', description: 'busybox, cyclictest', path: '/guests/initramfs.cpio.gz', bytes: 2_400_000 },
];

export const fakeSettings: Settings = {
  theme: 'dark',
  consoleFontSize: 13,
  consoleScrollback: 10_000,
  speed: 1,
  guestsFolder: '',
  layout: '',
};

const keys = ['handset', 'board', 'cores', 'cells'];

export const handsetSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    handset: { type: 'string', description: 'The name of the handset' },
    board: { enum: ['virt'], description: 'virt: the memory map of QEMU' },
    cores: { type: 'integer', minimum: 1, maximum: 8 },
    cells: { type: 'object', description: 'The guests, by name' },
  },
};

/** Unknown keys at the margin, which is enough to see a problem. */
export function problemsOf(text: string, file: string): Problem[] {
  return text.split('\n').flatMap((line, index) => {
    const key = /^([\w-]+):/.exec(line)?.[1];
    if (key === undefined || keys.includes(key)) return [];
    const range = { line: index + 1, column: 1, endLine: index + 1, endColumn: key.length + 1 };
    return [
      {
        severity: 'error',
        code: 'unknown-key',
        message: `unknown key "${key}"`,
        hint: `one of: ${keys.join(', ')}`,
        file,
        range,
      },
    ];
  });
}
