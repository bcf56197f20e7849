/** The monitor on machines that are there: what it says is what the guest has, and looking changes nothing. */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brokenImage } from '../../../tests/boot/support/broken.ts';
import { host, testMachine } from '../../../tests/support/machine.ts';
import { needs } from '../../../tests/support/packages.ts';
import { Monitor } from '../../debug/monitor/monitor.ts';
import type { HandsAction, MonitorAnswer } from '../../debug/monitor/target.ts';
import type { Machine } from '../machine.ts';
import type { MachineConfig } from '../types.ts';
import { monitorTarget } from './monitor-target.ts';

const read = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(`../../../${path}`, import.meta.url)));
const runtime = read('emulator/runtime/dist/runtime.wasm');
const hello = read('resources/guests/hello/hello.elf');

function shell(
  config: Partial<MachineConfig>,
  ns = 20_000_000,
): { ask: (line: string) => string; answer: (line: string) => MonitorAnswer; machine: Machine } {
  const { machine } = testMachine({ config });
  while (machine.runFor(1000, { untilNs: ns }) === 'busy');
  const monitor = new Monitor();
  const answer = (line: string): MonitorAnswer => monitor.execute(line, monitorTarget(machine, 'paused', runtime, host));
  return { machine, answer, ask: (line) => answer(line).text };
}

describe('a guest without MMU', () => {
  const { ask, answer, machine } = shell({ cpus: 2, boot: { kernel: hello, loads: [] } });
  const core = machine.inspect().cores[0]!;

  test('registers are those of the core', () => {
    const text = ask('info registers');
    expect(text).toContain(`PC ${core.pc.toString(16).padStart(16, '0')}`);
    expect(text).toContain(`X19 ${core.x(19).toString(16).padStart(16, '0')}`);
    expect(text).toMatch(/PSTATE EL1h, DAIF \d{4}/);
    expect(ask('info registers vbar_el1')).toMatch(/^vbar_el1 0x0{8}40\w+\n/);
    expect(ask('info registers all')).toMatch(/MPIDR_EL1 +0x0{8}80000000/);
  });

  test('memory by units and formats', () => {
    // The head of the device tree at the start of RAM: big-endian d00dfeed.
    expect(ask('xp/4xb 0x40000000')).toBe('0x0000000040000000: 0xd0 0x0d 0xfe 0xed\n');
    expect(ask('x/xw 0x40000000')).toBe('0x0000000040000000: 0xedfe0dd0\n');
    expect(ask('x/2dh 0x40000000')).toMatch(/: +3536 +-4610\n/);
    expect(ask('x/1xb')).toBe('0x0000000040000004: 0x00\n');
    expect(ask('x/4i $pc')).toMatch(/^=>0x\w{16}: \w{8} {2}\S+/);
    expect(ask('x/1xw 0xf000000')).toBe('0x000000000f000000: cannot be read\n');
    expect(ask('walk $pc')).toMatch(/stage 1 is off.*\n {2}physical 0x\w+: RAM\n/);
  });

  test('devices and interrupts, by their names', () => {
    expect(ask('info devices')).toMatch(/0x0000000009000000-0x0000000009000fff {2}uart0 +pl011, INTID 33\n/);
    expect(ask('info devices uart0')).toMatch(/^\w+: /);
    const irq = ask('info irq');
    expect(irq).toMatch(/^GICv3, groups/);
    expect(irq).toMatch(/ 33 .* enabled .* uart0\n/);
    expect(irq).toMatch(/core 1: priority mask/);
  });

  test('LPIs that are pending and enabled', () => {
    const { machine, ask } = shell({ cpus: 2, boot: { kernel: hello, loads: [] } });
    const { ram, bus } = machine.hardware;
    const [properties, pending, redistributor] = [0x4300_0000, 0x4301_0000, 0x080c_0000];
    ram.write(properties, Uint8Array.of(0xa1, 0x41));
    ram.write(pending + 1024, Uint8Array.of(0b10));
    const writes = [
      [0x70, properties | 15],
      [0x78, pending],
      [0x00, 1],
    ] as const;
    for (const [offset, value] of writes) expect(bus.write(redistributor + offset, 8, BigInt(value))).toBe(true);
    expect(ask('info irq')).toMatch(/^ 8193 +1 +0x40 +1 +enabled pending +edge +LPI 8193$/m);
    expect(ask('info devices')).toMatch(/0x0000000008080000-0x000000000809ffff {2}its +gicv3-its\n/);
  });

  test('mistakes are answers', () => {
    expect(ask('frob')).toBe('unknown command "frob" (try help)\n');
    expect(ask('x/4qq 0')).toContain('is not a format');
    expect(ask('x $x99')).toContain('there is no register "$x99"');
    expect(ask('info all')).toContain('there is no info all');
    expect(ask('core 7')).toContain('there is no core 7');
    expect(ask('core 1')).toBe('core 1\n');
    expect(ask('help')).toContain('x/NFU [ADDR]');
    expect(ask('esr 0x96000047')).toContain('DFSC 7 (Translation fault, level 3)');
  });

  test("actions are the caller's", () => {
    expect(['stop', 'c', 'reset', 'power', 'q'].map((line) => answer(line).action)).toEqual([
      'stop',
      'cont',
      'reset',
      'power',
      'quit',
    ]);
    expect(answer('set_link eth0 off').text).toContain('there is no network card "eth0" (the machine has none)');
  });

  test('cables are plugged by the names of cards', () => {
    const nic = { mac: 0x5254_0012_3456, link: {}, network: { kind: 'wire' } as const };
    const { answer } = shell({ boot: { kernel: hello, loads: [] }, nics: [nic, nic] }, 1_000_000);
    expect(answer('set_link eth1 off').action).toEqual({ nic: 1, up: false });
    expect(answer('set_link eth0 on').action).toEqual({ nic: 0, up: true });
    expect(answer('set_link eth2 on').text).toContain('eth0 to eth1');
    expect(answer('set_link eth0 up').text).toContain('on or off');
  });

  test("keys and buttons by QEMU's names, where there are such devices", () => {
    const { answer } = shell(
      { boot: { kernel: hello, loads: [] }, inputs: [{ kind: 'keyboard' }, { kind: 'mouse' }] },
      1_000_000,
    );
    const actions = (line: string): HandsAction['actions'] => (answer(line).action as HandsAction).actions;
    expect(actions('sendkey ctrl-a')).toHaveLength(4);
    expect(actions('sendkey a 500').at(-1)).toEqual({ afterNs: 5e8, action: { kind: 'key', key: 30, down: false } });
    expect(actions('mouse_move 3 -4 2').map(({ action }) => action)).toEqual([
      { kind: 'move', dx: 3, dy: -4 },
      { kind: 'wheel', steps: 1 },
    ]);
    expect(actions('mouse_button 5')).toHaveLength(2);
    expect(actions('mouse_button 4')).toEqual([{ afterNs: 0, action: { kind: 'button', button: 'left', down: false } }]);
    expect(answer('sendkey enter').text).toContain('there is no key "enter"');
    expect(answer('sendkey').text).toContain('a key is needed');
    expect(answer('mouse_move 1').text).toContain('two numbers are needed');
    expect(answer('mouse_move 1 x').text).toContain('"x" is not a move');
    const without = shell({ boot: { kernel: hello, loads: [] } }, 1_000_000).answer;
    expect(without('sendkey a').text).toContain('the machine has no keyboard (run --input keyboard)');
    expect(without('mouse_button 1').text).toContain('the machine has no mouse');
  });

  test('no line, however odd, fails or changes the machine', () => {
    const hash = machine.stateHash();
    const words = [
      'x',
      'xp',
      'x/8i',
      'x/s',
      'x/4xg',
      'disas',
      'walk',
      'print',
      'esr',
      'info',
      'tlb',
      'mem',
      'irq',
      'devices',
      'registers',
      '$sp',
      '$pc+8',
      '-1',
      '0xffffffffffffffff',
      '0x8000000',
      'all',
      '+',
      '/',
    ];
    const line = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 8 })), { maxLength: 4 });
    fc.assert(
      fc.property(line, (some) => typeof ask(some.join(' ').replace(/^explain/, '')) === 'string'),
      { numRuns: 500 },
    );
    expect(machine.stateHash()).toBe(hash);
  });
});

describe.skipIf(needs('gcc-aarch64-linux-gnu'))('a guest with MMU', () => {
  const { ask } = shell({ boot: { loads: [{ bytes: brokenImage('stack-overflow'), name: 'x' }] } });

  test('ranges and entries of its tables', () => {
    const mem = ask('info mem');
    expect(mem).toMatch(/0x0{16}-0x000000003fffffff +1G {2}rwx --- {2}to 0x0{16} {2}Device-nGnRnE/);
    expect(mem).toMatch(/0x0000000040000000-0x000000004027ffff +2560K/);
    expect(mem).toMatch(/0x0000000040281000-0x00000000403fffff/);
    expect(ask('info tlb')).toMatch(/0x0000000040281000 {2}0x0000000040281000 +4K {2}level 3 {2}EL1 rwx EL0 --x {2}Normal WB/);
  });

  test('symbols are addresses, and addresses have names', () => {
    expect(ask('print descend+8')).toMatch(/^0x00000000402\w+ \d+ descend\+0x8\n/);
    expect(ask('disas descend 3')).toMatch(/^descend:\n {2}0x\w+: a9bc7bfd {2}stp x29, x30, \[sp, #-64\]!\n/);
    expect(ask('walk guard')).toMatch(/^guard\nwalk of 0x40280000, stage 1: TTBR0_EL1.*\n.* table\n.* table\n.* invalid/);
    expect(ask('x/1xw guard')).toContain('cannot be read');
  });

  test('the last exception is explained on demand', () => {
    expect(ask('explain')).toMatch(/^the stack ran over[^]*last branches, the newest first\n[^]*descend/);
  });
});

test('a screen goes into a file, which is the affair of whoever asked', () => {
  const displays: MachineConfig['displays'] = [{ device: 'virtio-gpu', width: 640, height: 480, edid: true }];
  const { ask, answer, machine } = shell({ displays, boot: { kernel: hello, loads: [] } });
  expect(ask('screendump a.png')).toBe('the guest shows nothing on gpu0\n');
  machine.screens[0]!.surface.setMode(2, 1);
  const picture = { width: 2, height: 1, rgba: Uint8Array.of(0, 0, 0, 255, 0, 0, 0, 255) };
  expect(answer('screendump "my screen.png"')).toEqual({ text: 'gpu0: 2x1\n', picture: { file: 'my screen.png', picture } });
  expect(ask('screendump a.png gpu1')).toBe('there is no screen "gpu1" (gpu0)\n');
  expect(ask('screendump')).toBe('a file is needed (screendump FILE.png)\n');
  expect(shell({ boot: { kernel: hello, loads: [] } }).ask('screendump a.png')).toBe(
    'the machine has no screen (run --display virtio-gpu, or display under devices: in the handset file)\n',
  );
});

test('info radio tells how frames were kept, and that there is no radio', () => {
  expect(shell({ boot: { kernel: hello, loads: [] } }, 1000).ask('info radio')).toMatch(/this machine has no radio/);
  const config = { radio: true, boot: { kernel: read('resources/guests/baseband/baseband.img'), loads: [] } };
  expect(shell(config, 100).ask('info radio')).toBe('the radio is off\n');
  const text = shell(config, 50_000_000).ask('info radio');
  expect(text).toMatch(
    /^gsmFrame: 10 events, 10 done, 0 missed, 0 late, 0 stray answers\n {2}begun after [\d.]+ to [\d.]+ us: \d+ up to \d+ us/,
  );
  expect(text).toMatch(/\ncdmaGroup: \d\d events, .*\n.*\n {2}done after /);
});
