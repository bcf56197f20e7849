import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sampleTime } from '../worker/time-sampler.ts';
import { host, testMachine } from '../../tests/support/machine.ts';
import { divideHostTime } from './host-time.ts';
import type { EmulatorProfile, MachineConfig, RunResult } from './types.ts';

const kernel = readFileSync(new URL('../../resources/guests/hello/hello.elf', import.meta.url));

/** Lets the guest compute and write; answers its console beside the result. */
function run(exec: MachineConfig['exec'], profile: boolean, mebibytes = 1): { result: RunResult; console: string } {
  const { machine, console } = testMachine({
    config: { exec, profile, boot: { kernel, loads: [] } },
    script: { sends: [{ pattern: 'hello> ', text: `crc ${mebibytes}\n` }], expects: [`crc32 of ${mebibytes} MiB`] },
    host: { ...host, sampleTime },
  });
  while (machine.runFor(1000) === 'busy');
  return { result: machine.result(0), console: console() };
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

describe.each(['cold', 'auto', 'hot'] as const)('a profile of a run with --exec %s', (exec) => {
  const plain = run(exec, false);
  const profiled = run(exec, true);
  const profile = profiled.result.profile as EmulatorProfile;

  test('leaves the run as it is', () => {
    expect(plain.result.profile).toBeUndefined();
    expect(profiled.result.outcome).toBe('expected');
    for (const figure of ['stateHash', 'instructions', 'virtualNs', 'exits'] as const) {
      expect(profiled.result[figure]).toEqual(plain.result[figure]);
    }
  });

  test('has every instruction in one place', () => {
    const { total, regions, handlers, loop } = profile.instructions;
    expect(total).toBe(profiled.result.instructions);
    expect(regions).toBe(profiled.result.tiers.hot);
    expect(regions + handlers + loop).toBe(total);
    expect(sum(profile.handlers)).toBe(handlers);
    if (exec === 'cold') expect(loop).toBeGreaterThan(0.9 * total);
    if (exec === 'hot') expect(regions).toBeGreaterThan(0.9 * total);
  });

  test('counts what reaches devices and the runtime', () => {
    expect(profile.devices['write uart0+0x0']).toBe(profiled.console.length);
    expect(profile.machine).toMatchObject({ device: sum(profile.devices), ...profiled.result.exits });
    expect(profile.events['DEVICE_LEFT']).toBe(profile.machine['device']);
    // Regions hold accesses to plain registers, which are not counted there.
    if (exec !== 'hot') expect(profile.registers).toMatchObject({ 'write vbar_el1': 1, 'write sctlr_el1': 1 });
    // Each access to a device comes to the runtime twice: when it leaves, and when it is run alone.
    expect(profile.calls['slowStore'] ?? 0).toBeGreaterThanOrEqual(profiled.console.length);
    expect(profile.calls['decode']).toBeGreaterThan(0);
    expect(profile.loop['entries']).toBeGreaterThan(0);
    if (exec === 'hot') {
      expect(profile.translation.regions).toBeGreaterThan(10);
      expect(profile.translation.moduleBytes).toBeGreaterThan(1000);
      expect(profile.loop['regions left: checked']).toBeGreaterThan(0);
    }
  });
});

test.each([
  ['cold', 'cold loop'],
  ['hot', 'regions'],
] as const)('a profile says where the time of the host went with --exec %s', (exec, most) => {
  // Long enough for many samples of what takes most of the time.
  const { parts, functions, wallMs, threadMs, processMs } = run(exec, true, 32).result.profile!.host!;
  expect(sum(parts)).toBeGreaterThan(0);
  expect(functions.reduce((total, { ms }) => total + ms, 0)).toBeCloseTo(sum(parts), 3);
  for (const { part } of functions) expect(parts).toHaveProperty([part]);
  expect(Math.min(wallMs, threadMs, processMs)).toBeGreaterThan(0);
  expect(Object.keys(parts)).toContain(most);
});

test('a host that cannot sample gives counts alone', () => {
  const { machine } = testMachine({ config: { profile: true, boot: { kernel, loads: [] } }, script: { expects: ['hello> '] } });
  while (machine.runFor(1000) === 'busy');
  const { profile } = machine.result(0);
  expect(profile?.host).toBeUndefined();
  expect(profile?.instructions.total).toBeGreaterThan(0);
});

test('time belongs to the innermost frame that decides', () => {
  const file = (path: string, name: string) => ({ name, source: `file:///any/emulator/${path}` });
  const wasm = (module: string, name: string) => ({ name, source: `wasm://wasm/${module}-0a1b2c3d` });
  const root = { name: '(root)', source: '' };
  const outer = [file('machine/sequential-machine.ts', 'slice'), root];
  const loop = [wasm('cold-loop', 'run'), file('exec/cold/engine.ts', 'run'), ...outer];
  const { parts, functions } = divideHostTime({
    ...{ wallMs: 100, threadMs: 90, processMs: 120 },
    stacks: [
      { frames: loop, ms: 1 },
      { frames: [wasm('regions', 'r17'), ...loop], ms: 2 },
      { frames: [wasm('regions', 'r3e1'), ...loop], ms: 4 },
      { frames: [wasm('handler MRS o0=1', 'handler'), ...loop], ms: 8 },
      { frames: [{ name: 'emulator/runtime/walk/walk', source: 'wasm://wasm/0a1b2c3d' }, ...loop], ms: 16 },
      // Building IR belongs to who asked for it.
      { frames: [file('ir/builder.ts', 'op'), file('exec/hot/engine.ts', 'compile'), ...outer], ms: 32 },
      { frames: [file('ir/builder.ts', 'op'), file('exec/cold/engine.ts', 'decodeAt'), ...loop], ms: 64 },
      { frames: [file('exec/hot/engine.ts', 'sample'), ...outer], ms: 128 },
      { frames: [file('devices/pl011/pl011.ts', 'read'), file('machine/core-calls.ts', 'deviceAccess'), ...loop], ms: 256 },
      { frames: [{ name: '(garbage collector)', source: '' }, ...loop], ms: 512 },
      { frames: [root], ms: 1024 },
    ],
  });
  expect(parts).toEqual({
    ...{ 'cold loop': 1, regions: 6, handlers: 8, runtime: 16, translation: 32, decoding: 64, 'outer loop': 128 },
    ...{ devices: 256, 'garbage collection': 512, other: 1024 },
  });
  expect(functions).toContainEqual({ name: 'region', part: 'regions', ms: 6 });
  expect(functions).toContainEqual({ name: 'walk/walk', part: 'runtime', ms: 16 });
  expect(functions).toContainEqual({ name: 'handler MRS o0=1', part: 'handlers', ms: 8 });
});
