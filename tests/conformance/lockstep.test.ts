/** Whole guests beside qemu-system-aarch64, and that the comparison finds what is planted. `node tests/lockstep/main.ts` goes further. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Reg } from '../../emulator/ir/builder.ts';
import { decode, rows } from '../../emulator/isa/a64/index.ts';
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
  const config = machineFor({ bios: readFileSync(packages['u-boot-qemu']), loads: [] });
  const comparison = await compare({ config, count: 200_000 });
  expect(comparison.difference && report(comparison)).toBeUndefined();
});

test.skipIf(withoutQemu)('a register that goes wrong is found at its instruction', async () => {
  const wrongAt = 50_123;
  const prepare = (stepper: Stepper): void => {
    const step = stepper.step.bind(stepper);
    let done = 0;
    stepper.step = () => {
      const raised = step();
      if (done++ === wrongAt) stepper.core.setX(17, stepper.core.x(17) ^ 0x10n);
      return raised;
    };
  };
  const { difference } = await compare({ config: machineFor(hello()), count: 200_000, prepare });
  expect(difference).toMatchObject({ number: wrongAt, mismatches: [{ name: 'X17' }] });
  expect(difference?.steps).toHaveLength(1);
  expect(difference?.before).toHaveLength(20);
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
