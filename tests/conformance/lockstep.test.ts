/** Whole guests beside qemu-system-aarch64, and that the comparison finds what is planted. `node tests/lockstep/main.ts` goes further. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Reg } from '../../emulator/ir/builder.ts';
import { decode, rows } from '../../emulator/isa/a64/index.ts';
import type { Core } from '../../emulator/machine/core.ts';
import type { Stepper } from '../../emulator/machine/stepper.ts';
import type { BootImages } from '../../emulator/machine/types.ts';
import { root } from '../../resources/build/targets.ts';
import { machineFor } from '../lockstep/config.ts';
import { report } from '../lockstep/report.ts';
import { compare } from '../lockstep/run.ts';
import { needs, packages } from '../support/packages.ts';

const withoutQemu = needs('qemu-system-arm');
const hello = (): BootImages => ({ kernel: readFileSync(join(root, 'resources/guests/hello/hello.elf')), loads: [] });

test.skipIf(withoutQemu)('hello agrees with QEMU', async () => {
  // Beyond its first timer interrupts.
  const comparison = await compare({ config: machineFor(hello()), count: 400_000 });
  expect(comparison.difference && report(comparison)).toBeUndefined();
  expect(comparison.followed.interrupts).toBeGreaterThan(0);
});

test.skipIf(withoutQemu || needs('u-boot-qemu'))('U-Boot agrees with QEMU', async () => {
  const config = machineFor({ flash: [{ bytes: readFileSync(packages['u-boot-qemu']) }], loads: [] });
  const comparison = await compare({ config, count: 200_000 });
  expect(comparison.difference && report(comparison)).toBeUndefined();
});

/** Does something to our core after that many instructions. */
const after =
  (instructions: number, act: (core: Core) => void) =>
  (stepper: Stepper): void => {
    const step = stepper.step.bind(stepper);
    let done = 0;
    stepper.step = () => {
      const raised = step();
      if (done++ === instructions) act(stepper.core);
      return raised;
    };
  };

test.skipIf(withoutQemu)('a register that goes wrong is found at its instruction', async () => {
  const prepare = after(50_123, (core) => core.setX(17, core.x(17) ^ 0x10n));
  const { difference } = await compare({ config: machineFor(hello()), count: 200_000, prepare });
  expect(difference).toMatchObject({ number: 50_123, mismatches: [{ name: 'X17' }] });
  expect(difference?.steps).toHaveLength(1);
  expect(difference?.before).toHaveLength(20);
});

test.skipIf(withoutQemu)('SIMD registers are compared where that is asked for', async () => {
  // mov x0, #0x300000; msr cpacr_el1, x0; isb; then for ever: dup v3.2d, x1; scvtf d5, x1; fadd d6, d6, d5; add x1, x1, #77; b
  const words = [0xd2a00600, 0xd5181040, 0xd5033fdf, 0x4e080c23, 0x9e620025, 0x1e6528c6, 0x91013421, 0x17fffffc];
  const loads = [{ name: 'code', bytes: new Uint8Array(Uint32Array.from(words).buffer), address: 0x4020_0000 }];
  const config = machineFor({ loads, entry: 0x4020_0000 });
  expect((await compare({ config, count: 5000, vectors: true })).difference).toBeUndefined();
  const prepare = after(1000, (core) => core.set64('V', 1n, 21));
  const { difference } = await compare({ config, count: 5000, vectors: true, prepare });
  expect(difference).toMatchObject({ number: 1000, mismatches: [{ name: 'V21', ours: 1n, theirs: 0n }] });
});

test.skipIf(withoutQemu)('a row that is wrong is found at its instruction', async () => {
  const row = rows.find(({ name }) => name === 'MADD')! as { semantics: (typeof rows)[number]['semantics'] };
  const { semantics } = row;
  row.semantics = (b, fields) => {
    const { Rd, Rn, Rm, sf } = fields as { Rd: Reg; Rn: Reg; Rm: Reg; sf: number };
    b.setGpr(Rd, b.alu(sf, 'mul', b.gpr(Rn, sf), b.gpr(Rm, sf)));
  };
  try {
    const { difference } = await compare({ config: machineFor(hello()), count: 200_000 });
    expect(difference?.steps.map(({ word }) => decode(word)?.row.name)).toEqual(['MADD']);
  } finally {
    row.semantics = semantics;
  }
});
