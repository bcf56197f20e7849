import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkHandset, viewOf, viewText } from './index.ts';
import { boards } from '../../../emulator/machine/boards.ts';
import { admissionOf } from './admission.ts';

const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
const file = join(folder, 'phone.yaml');
for (const name of ['Image', 'baseband.elf', 'disk.img', 'four-k.bin']) writeFileSync(join(folder, name), 'x'.repeat(4096));

const good = `handset: phone
board: virt
cores: 2
cells:
  modem:
    image: baseband.elf
    memory: 4M
    schedule: { priority: 200, period: 4615us, budget: 700us }
    devices: [uart, gpio]
  linux:
    kernel: Image
    memory: 192M
    cpus: 2
    schedule:
      priority: 10
    devices:
      - uart
      - { block: disk.img }
      - { net: user }
    restart: on-failure
channels:
  - name: voice
    cells: { modem: rw, linux: ro }
    size: 64K
    doorbell: both
budgets:
  - { from: gpio.irq, to: modem.irq, max: 58us }
`;

test('a good file becomes a machine with cells', () => {
  const { problems, plan } = checkHandset(good, file);
  expect(problems).toEqual([]);
  expect(plan?.settings).toMatchObject({ cpus: 2, gic: 3, el: 1, memory: 512 * 2 ** 20, nics: [{ network: { kind: 'user' } }] });
  expect(plan?.cells).toMatchObject({
    cells: [
      {
        name: 'modem',
        images: { kernel: { path: join(folder, 'baseband.elf'), role: 'image', place: { file, line: 6, column: 12 } } },
        ...{ memoryBytes: 4 * 2 ** 20, cpus: 1, restart: 'never' },
        schedule: { priority: 200, periodNs: 4_615_000, budgetNs: 700_000 },
        devices: [{ kind: 'uart' }, { kind: 'board', name: 'gpio0' }],
      },
      {
        ...{ name: 'linux', cpus: 2, restart: 'on-failure', schedule: { priority: 10 } },
        devices: [
          { kind: 'uart' },
          { kind: 'block', drive: { file: { path: join(folder, 'disk.img') }, readOnly: false } },
          { kind: 'net', nic: 0 },
        ],
      },
    ],
    channels: [{ name: 'voice', sizeBytes: 65536, cells: { modem: 'rw', linux: 'ro' }, doorbell: 'both' }],
    budgets: [{ from: 'gpio.irq', to: 'modem.irq', maxNs: 58_000 }],
    costs: { enterNs: 152 },
  });
});

test('a doorbell from another core counts as an interrupt, as often as its channel lets it', () => {
  const withPhone = (priority: number, distance: string): string =>
    good
      .replace('    cpus: 2\n', '    cores: [1]\n')
      .replace(
        'channels:',
        `  phone:\n    image: four-k.bin\n    memory: 4M\n    schedule: { priority: ${priority}, period: 10ms, budget: 1ms }\nchannels:`,
      )
      .replace('modem: rw, linux: ro', 'phone: rw, linux: rw')
      .replace('doorbell: both', distance)
      .replace('max: 58us', 'max: 3ms');
  const termOf = (text: string) => {
    const { plan, problems } = checkHandset(text, file);
    expect(problems).toEqual([]);
    const { promises } = admissionOf(plan!.cells!, plan!.settings);
    return promises.find(({ cell }) => cell === 'modem')!.response.terms.find(({ name }) => name.includes('doorbell'));
  };
  // The modem is above the phone, which hears the first doorbell only, or below.
  expect(termOf(withPhone(100, 'doorbell: both'))).toMatchObject({ name: 'interrupts of the doorbell of voice', count: 1 });
  expect(termOf(withPhone(210, 'distance: 500us'))).toMatchObject({ count: 4 });
  expect(termOf(withPhone(210, 'doorbell: phone'))).toBeUndefined();
  expect(checkHandset(withPhone(210, 'doorbell: both'), file).problems).toMatchObject([
    { code: 'unschedulable', hint: 'give the channel voice a distance, such as distance: 1ms' },
    { code: 'late-start' },
  ]);
  expect(checkHandset(withPhone(100, 'distance: soon'), file).problems).toHaveLength(1);
});

test('costs are those of the board', () => {
  const { plan } = checkHandset(good.replace('board: virt', 'board: soc2'), file);
  expect(plan?.cells?.costs.enterNs).toBe(Math.ceil(152 / 0.6));
});

test('a cell alone has the machine to itself, unless it says when it runs', () => {
  const alone = (more: string) =>
    checkHandset(`handset: a\ncells:\n  b:\n    kernel: Image\n    memory: 64M\n${more}`, file).plan;
  expect(alone('')?.cells).toBeUndefined();
  expect(alone('    schedule: { priority: 1 }\n')?.cells?.cells).toHaveLength(1);
});

test('the machine has more memory than usual where cells need it', () => {
  const { plan } = checkHandset(good.replace('192M', '1G'), file);
  // 4M + 1G + 64K, and 64 pages of tables for each cell.
  expect(plan?.settings.memory).toBe(1029 * 2 ** 20);
});

/** Replaces a piece of the good file; the problems as `line:column code message (hint)`. */
function problemsWith(piece: string, replacement: string): string[] {
  expect(good).toContain(piece);
  return checkHandset(good.replace(piece, replacement), file).problems.map(
    ({ code, message, hint, range }) => `${range?.line}:${range?.column} ${code} ${message}${hint ? ` (${hint})` : ''}`,
  );
}

describe('each mistake is told at its place', () => {
  test.each([
    ['priority: 200', 'priorty: 200', '8:17 unknown-key unknown key "priorty" (did you mean priority?)'],
    ['priority: 200', 'priority: 256', '8:27 bad-value "priority": 256 is out of range (at most 255)'],
    ['period: 4615us', 'period: 4615', '8:40 bad-value "period": a time with its unit is needed, such as 4615us'],
    ['budget: 700us', 'budget: 0us', '8:56 out-of-range "budget" is nothing (a time above 0)'],
    ['budget: 700us', 'budget: 5ms', '8:56 budget-over-period 5ms of every 4615us cannot be (shorten the budget)'],
    ['period: 4615us, ', '', '8:40 missing-key a budget comes back each period, which is missing (add period:)'],
    [', budget: 700us', '', '8:40 missing-key a period is how often a budget comes back, which is missing (add budget:)'],
    ['priority: 200, ', '', '8:41 conflict the background, priority 0, has no budgets (add a priority above 0)'],
    ['priority: 10', 'overrun: stop', '15:16 conflict without a budget none is ever used up (add period: and budget:)'],
    ['priority: 10', 'overrun: stopp', '15:16 bad-value "overrun": "stopp" is not known (did you mean stop?)'],
    [
      'cpus: 2',
      'cpus: 3',
      '13:11 too-many-cpus 3 virtual CPUs, but the handset has 2 cores (at most 2, or more "cores" of the handset)',
    ],
    ['cpus: 2', 'cores: [1, 1]', '13:16 core-twice core 1 is given twice (a core runs one virtual CPU of a cell)'],
    ['cpus: 2', 'cores: [0, 2]', '13:16 out-of-range there is no core 2: the handset has 2 cores (they count from 0)'],
    ['cpus: 2', 'cpus: 2\n    cores: [0]', '14:12 conflict 1 cores for 2 virtual CPUs (name one for each)'],
    ['cores: 2', 'cores: 9', '3:8 bad-value "cores": 9 is out of range (at most 8)'],
    ['virt\ncores: 2', 'evoke\ncores: 2', '3:8 out-of-range 2 cores are out of range (the board evoke can have one)'],
    ['memory: 4M', 'memory: 4097K', '7:13 out-of-range 4097K is not a whole number of pages (give a multiple of 4K)'],
    ['memory: 4M', 'memory: 4K', '7:13 out-of-range 4K of memory is out of range (at least 1M)'],
    ['192M', '1916M', '12:13 too-much-memory cells and channels need 1921M of memory (the board virt has 1920M)'],
    [
      'image: baseband.elf',
      'image: baseband',
      `6:12 missing-file there is no file "baseband" (looked for ${join(folder, 'baseband')})`,
    ],
    ['    image: baseband.elf\n', '', '5:3 nothing-to-run the cell "modem" has nothing to run (add image:, kernel: or bios:)'],
    [
      'image: baseband.elf',
      'bios: Image',
      '6:11 conflict a cell has no flash (give kernel: or image:, or leave one cell without a schedule)',
    ],
    [
      'gpio]',
      'lamp]',
      '9:21 unknown-device unknown device "lamp" (known devices: uart, rtc, rng, console, display, keyboard, tablet, mouse, touch, gpio, radio, { block: FILE }, { net: user }, { switch: lan }, { disk-of: CELL })',
    ],
    ['gpio]', 'uart]', '9:21 device-twice the device "uart" stands here twice (leave one)'],
    [
      '      - uart',
      '      - gpio',
      '17:9 device-twice the device "gpio" is modem\'s already, and the board has one (one cell can have it)',
    ],
    [
      'gpio]',
      '{ block: disk.img }]',
      "18:18 image-twice this image is modem's already, and is written to (make both readOnly, or copy the file)",
    ],
    ['{ block: disk.img }', '{ block: disk.img, bus: pci }', '18:33 conflict a cell has no PCI (take it out)'],
    [
      'restart: on-failure',
      'restart: on-failre',
      '20:14 bad-value "restart": "on-failre" is not known (did you mean on-failure?)',
    ],
    ['modem: rw', 'moden: rw', '23:14 unknown-cell there is no cell "moden" (did you mean modem?)'],
    ['modem: rw', 'modem: wr', '23:21 bad-value "modem": "wr" is not known (did you mean rw?)'],
    ['modem: rw', 'modem: ro', '23:12 no-writer nobody may write to the channel "voice" (give one side rw)'],
    ['modem: rw, ', '', '23:12 one-sided the channel "voice" leads nowhere (name two cells or more)'],
    ['size: 64K', 'size: 5K', '24:11 out-of-range 5K is not a whole number of pages (give a multiple of 4K)'],
    ['doorbell: both', 'doorbell: linx', '25:15 unknown-cell there is no side "linx" (did you mean linux?)'],
    ['doorbell: both', 'doorbel: both', '25:5 unknown-key unknown key "doorbel" (did you mean doorbell?)'],
    ['from: gpio.irq', 'from: gpoi.irq', '27:13 unknown-cell there is no cell or device "gpoi" (did you mean gpio?)'],
    ['from: gpio.irq', 'from: gpio', '27:13 bad-value "gpio" is no event (CELL.EVENT or DEVICE.EVENT, such as radio.frame-irq)'],
    [', gpio]', ']', '27:13 unreachable-device no cell has the device "gpio" (add it to the devices of a cell)'],
    ['to: modem.irq', 'to: modem.irk', '27:27 unknown-event there is no event of modem "irk" (did you mean irq?)'],
    [
      'to: modem.irq',
      'to: modem.frame-task',
      '27:27 unknown-event there is no event of modem "frame-task" (one of: irq, done, wait)',
    ],
    [
      'to: modem.irq',
      'to: gpio.irq',
      '27:27 bad-value a deadline begins or ends in a cell (CELL.EVENT, such as modem.frame-task)',
    ],
    ['max: 58us', 'max: 0us', '27:43 out-of-range 0us is no time (such as 58us)'],
    ['max: 58us', 'mix: 58us', '27:5 missing-key "max" is missing (add max:)'],
    ['cores: 2', 'cores: 2\nel: 2', "4:5 conflict EL2 is the hypervisor's where there are several cells (take it out)"],
  ])('%j -> %j', (piece, replacement, expected) => {
    expect(problemsWith(piece, replacement)).toContain(expected);
  });
});

test.each([
  [
    ['0x40100000', '0x40100800'],
    '6:60 overlap 4K at 0x40100800 overlap with another image (the other one is at 0x40100000 to 0x40100fff)',
  ],
  [
    ['0x40100000', '0x40400000'],
    '6:60 outside-memory 4K at 0x40400000 are not all in the memory (RAM is at 0x40000000 to 0x403fffff)',
  ],
])('images at %j', ([first, second], expected) => {
  const load = `load: [{ file: four-k.bin, address: ${first} }, { file: four-k.bin, address: ${second} }]`;
  const found = problemsWith('image: baseband.elf', load).map((line) => line.replace(/^6:\d+/, '6:60'));
  expect(found).toEqual([expected]);
});

test('two cells may read the same image', () => {
  const text = good
    .replace('gpio]', '{ block: disk.img, readOnly: true }, gpio]')
    .replace('{ block: disk.img }', '{ block: disk.img, readOnly: true }');
  expect(checkHandset(text, file).problems).toEqual([]);
});

describe('what cannot be scheduled is told at its line', () => {
  test.each([
    [
      'priority: 10',
      'priority: 210',
      '8:15 unbounded modem (priority 200) may never run: linux (priority 210) has no budget (give linux a period and a budget, or a priority below 200)',
    ],
    ['max: 58us', 'max: 2us', /^27:43 late-start modem may start [\d.]+us after its interrupt /],
    [
      'priority: 10',
      'priority: 210\n      period: 10ms\n      budget: 4500us',
      /^8:15 unschedulable modem on core 0 gets its 700us after /,
    ],
  ])('%j -> %j', (piece, replacement, expected) => {
    const [first] = problemsWith(piece, replacement);
    if (typeof expected === 'string') expect(first).toBe(expected);
    else expect(first).toMatch(expected);
  });
});

test('budgets at one priority on a core are a warning', () => {
  const found = problemsWith('priority: 10', 'priority: 200\n      period: 10ms\n      budget: 1ms');
  expect(found.filter((line) => line.includes('same-priority'))).toEqual([
    '15:17 same-priority linux and modem have budgets at priority 200: they take turns, and each may wait for the other (give the more urgent one a larger priority)',
  ]);
});

describe('the display that cells share', () => {
  const withDisplay = (display: string, modem = 'display, keyboard', linux = 'display, touch'): string =>
    good
      .replace('[uart, gpio]', `[uart, ${modem}]`)
      .replace(
        '      - uart\n',
        `      - uart\n${linux
          .split(', ')
          .map((device) => `      - ${device}\n`)
          .join('')}`,
      )
      .replace(/budgets:[^]*/, `display: ${display}\n`);
  const overlay = 'overlay: { cell: modem, height: 48 }';

  test('gives each cell a screen of the size of its part', () => {
    const { problems, plan } = checkHandset(
      withDisplay(`{ width: 480, height: 800, rotation: 90, switch: menu, ${overlay} }`),
      file,
    );
    expect(problems).toEqual([]);
    expect(plan?.cells).toMatchObject({
      panel: {
        ...{ width: 480, height: 800, rotation: 90, foreground: 'linux', switchKey: 139 },
        overlay: { cell: 'modem', edge: 'top', height: 48 },
      },
      cells: [
        {
          devices: [
            { kind: 'uart' },
            { kind: 'gpu', width: 800, height: 480 },
            { kind: 'input', input: 'keyboard' },
            { kind: 'screen-control' },
          ],
        },
        { devices: [{ kind: 'uart' }, { kind: 'gpu', width: 800, height: 432 }, { kind: 'input', input: 'touch' }, {}, {}] },
      ],
    });
    expect(viewText(viewOf(plan!))).toContain(`Display (480 x 800, turned by 90 degrees)
from   size       shows
0, 0   800 x 48   modem, always
0, 48  800 x 432  the cell that has the screen: linux at first, the next by menu
`);
  });

  test('need not be described', () => {
    const { plan } = checkHandset(withDisplay('{}').replace(/display: {}\n/, ''), file);
    expect(plan?.cells?.panel).toEqual({ width: 1280, height: 800, rotation: 0, foreground: 'modem', switchKey: 88 });
  });

  test.each([
    ['{ overlay: { cell: lnux, height: 48 } }', 'unknown-cell', 'did you mean linux?'],
    ['{ foreground: modem, overlay: { cell: modem, height: 48 } }', 'conflict', 'name another cell'],
    ['{ overlay: { cell: modem, height: 799 } }', 'out-of-range', '16 to 784'],
    ['{ switch: f99 }', 'unknown-key', "keys have QEMU's names, such as f12 or menu"],
    ['{ width: 5 }', 'out-of-range', 'each side has 16 to 4095 pixels'],
    ['{ ovrlay: 1 }', 'unknown-key', 'did you mean overlay?'],
  ])('%s is %s', (display, code, hint) => {
    expect(checkHandset(withDisplay(display), file).problems).toMatchObject([{ code, hint, range: { line: 28 } }]);
  });

  test.each([
    ['display, keyboard', 'rng', `{ ${overlay} }`, 'no-screen'],
    ['rng', 'rng', '{}', 'no-screen'],
    ['keyboard', 'display', '{}', 'unreachable'],
    ['display, { display: ramfb }', 'display', '{}', 'out-of-range'],
  ])('of [%s] and [%s] with %s is found to be %s', (modem, linux, display, code) => {
    expect(checkHandset(withDisplay(display, modem, linux), file).problems.map((problem) => problem.code)).toEqual([code]);
  });
});

test('cards at a switch reach each other; a lonely one is a warning', () => {
  const both = good
    .replace('[uart, gpio]', '[uart, gpio, { switch: lan }]')
    .replace('{ net: user }', '{ switch: lan, delay: 1ms }');
  const { problems, plan } = checkHandset(both, file);
  expect(problems).toEqual([]);
  expect(plan?.settings.nics).toMatchObject([
    { network: { kind: 'switch', name: 'lan' } },
    { network: { kind: 'switch', name: 'lan' }, link: { delayNs: 1e6 } },
  ]);
  const lonely = checkHandset(good.replace('{ net: user }', '{ switch: lan }'), file).problems;
  expect(lonely.map(({ severity, code, range }) => [severity, code, range?.line])).toEqual([['warning', 'lonely-switch', 19]]);
});

describe('a cell on another system on chip', () => {
  const text = (map: string): string => `
handset: other
board: soc2
cells:
  modem: { image: baseband.elf, memory: 4M, ${map} devices: [uart, radio] }
  linux: { image: baseband.elf, memory: 64M }
`;
  const viewed = (map: string) => {
    const { plan, problems } = checkHandset(text(map), file);
    expect(problems).toEqual([]);
    expect(viewText(viewOf(plan!)).includes('Memory of modem (1 CPU on core 0, the map of virt)')).toBe(map !== '');
    const [modem] = viewOf(plan!).cells;
    return modem!.memory.map(({ what, base, physical }) => [what, base.toString(16), physical?.toString(16)]);
  };

  test('has its map and its interrupt controller', () => {
    expect(viewed('')).toEqual([
      ['uart0', '1c090000', undefined],
      ['radio0', '1c200000', '1c200000'],
      ['GIC CPU interface', '2c000000', '2c02f000'],
      ['GIC distributor', '2f000000', undefined],
      ['RAM', '80000000', '80000000'],
    ]);
  });

  test('or the addresses of the board that its guest was built for', () => {
    expect(viewed('map: virt,')).toEqual([
      ['GIC distributor', '8000000', undefined],
      ['GIC CPU interface', '8010000', '2c02f000'],
      ['uart0', '9000000', undefined],
      ['radio0', 'c000000', '1c200000'],
      ['RAM', '40000000', '80000000'],
    ]);
  });
});

test('the radio, which some boards have only when it is asked for, counts in the analysis', () => {
  const checked = (device: string) => {
    const { settings, cells } = checkHandset(good.replaceAll('gpio', device), file).plan!;
    return { settings, startNs: admissionOf(cells!, settings).promises[0]!.start.ns };
  };
  const [radio, gpio] = [checked('radio'), checked('gpio')];
  expect([radio.settings.radio, gpio.settings.radio]).toEqual([true, undefined]);
  // Any of its four sources may be told to the cell first.
  expect(radio.startNs - gpio.startNs).toBe(4 * boards.virt.costs.injectNs);
});
