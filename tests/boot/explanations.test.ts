/** Guests with one planted bug each: the explanation names it, in every tier alike, with what leads to it. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainDeath } from '../../emulator/machine/debug/explain-death.ts';
import type { MachineConfig } from '../../emulator/machine/types.ts';
import { root } from '../../resources/build/targets.ts';
import { host, testMachine, type MachineOptions } from '../support/machine.ts';
import { needs } from '../support/packages.ts';
import { pocketvisor, run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';
import { bootTest } from './support/boot-test.ts';
import { brokenGuest, brokenImage } from './support/broken.ts';
import { imageFolder } from './support/images.ts';

const folder = scratchFolder();
const runtime = readFileSync(join(root, 'emulator/runtime/dist/runtime.wasm'));
const lacksCompiler = needs('gcc-aarch64-linux-gnu');

function machineOf(name: string, config: Partial<MachineConfig> = {}, options: MachineOptions = {}) {
  const loads = [{ bytes: brokenImage(name), name }];
  const { machine } = testMachine({ ...options, config: { ...config, boot: { loads } }, script: { timeoutNs: 1e9 } });
  while (machine.runFor(1000) === 'busy');
  return machine;
}

function explained(name: string, config: Partial<MachineConfig> = {}) {
  const machine = machineOf(name, config);
  expect(machine.outcome).toBe('guest-fault');
  return explainDeath(machine, runtime, host);
}

const isOfEl2 = (name: string): boolean => /^(el2|stage2)-/.test(name);

/** The guest is named by its cause, and by the level where that is EL2. What the headline says, and what stands in the details. */
const bugs: Record<string, [headline: RegExp, ...details: RegExp[]]> = {
  'vector-base': [
    /^svc #0x1 could not be taken: VBAR_EL1 is (?<page>0x\w+)000, but vector_table is at \k<page>400: .*2 KiB/,
    /exception +SVC instruction execution in AArch64 state, EL1h to EL1h/,
    /EC 0x15, IL 1, ISS 0x1: imm16 1/,
  ],
  'unmapped-stack': [
    /^the stack is where nothing is mapped: SP 0x48000000, 0x47ffffe0/,
    /at +0x\w+ +work +stp x29, x30, \[sp, #-32\]!/,
    /DFSC 6 \(Translation fault, level 2\)/,
    /level 1 +0x\w+ +0x\w+ +table\n +level 2 +0x\w+ +0x0{16} +invalid/,
    /main\+0x\w+ +-> .*work +bl/,
  ],
  'wrong-granule': [/^TCR_EL1.TG0 says 16 KiB, but the tables at TTBR0_EL1 are built for 4 KiB$/, /16 KiB granule, 39 bits/],
  'no-identity-map': [
    /^the MMU was switched on, and the tables do not map the code that did it/,
    /IFSC 5 \(Translation fault, level 1\)/,
  ],
  'executing-data': [
    /no code, at 0x\w+: greeting is data, reached from/,
    /main\+0x8 +-> .*greeting +blr x8/,
    /VBAR_EL1 was never set/,
  ],
  'alignment-mmu-off': [/^a misaligned access while the MMU is off.*ldur w0, \[x1, #1\]/, /FAR_EL1 +0x\w+1 +header\+0x1/],
  'fp-trapped': [/CPACR_EL1.FPEN is 0b00/, /at .*main +movi v0.16b/, /EC 0x7, IL 1, ISS 0x1e00000: CV 1, COND 0xe/],
  'jump-to-nowhere': [
    /^a jump to 0xf000000, where no memory is \(from 0x\w+ main\+0x8: blr x8\)/,
    /IFSC 0x10 \(Synchronous External abort/,
  ],
  'illegal-return': [/SPSR_EL1 was 0x3c9, M\[3:2\] is 2: EL2, above EL1/, /main\+0x10 +-> .*power_off +eret/, /EL1h, .*, IL/],
  'stack-overflow': [
    /^the stack ran over: 0x40280fc0 is not mapped, below its lowest page at 0x40281000/,
    /descend calls itself/,
    /descend\+0x8 +-> .*descend +bl 0x\w+ +128 times/,
  ],
  'access-flag': [/^the Access flag \(bit 10\) of the descriptor for 0x\w+ is 0: 0x40000305/, /level 1 .* block, .* AF 0/],
  'read-only': [
    /\(counter\) is read-only and is written/,
    /WnR 1 \(write\), DFSC 0xd \(Permission fault, level 1\)/,
    /EL1 may not write/,
  ],
  'register-of-another-level': [/^HCR_EL2 is not accessible from EL1/, /msr hcr_el2, x0/],
  'null-pointer': [/^a null pointer: 0x10 is read/, /x19 is 0x0 in main/],
  'stage2-controls': [
    /^stage 2 cannot start: VTCR_EL2.T0SZ is 25 \(39 bits\), SL0 is 0 \(from level 2\): from that level, 22 to 34 bits can be translated$/,
    /exception +Instruction Abort from a lower Exception level, EL1h to EL2h/,
    /IFSC 4 \(Translation fault, level 0\)/,
    /HPFAR_EL2 +0x\w+ +IPA 0x40200000/,
    /then +VBAR_EL2 was never set/,
    /\nHCR_EL2 0x0000000080000001 +VM RW\n/,
  ],
  'stage2-off': [
    /^VTTBR_EL2 maps 0x8020\w+ to 0x4020\w+, but HCR_EL2.VM is 0: stage 2 is off, and nothing is at 0x8020/,
    /to EL1h\n[^]*main\+0x\w+ +-> .* eret/,
    /\nVTCR_EL2 0x\w+ +stage 2 is off: 39 bits, 4 KiB granule, from level 1 at 0x4\w+, to 40 bits\n/,
  ],
  'stage2-unmapped': [
    /^EL1 writes intermediate address 0x9000000, and stage 2 does not map it: the level 1 descriptor is invalid/,
    /EL1h to EL2h\n +at +0x\w+ +guest\+0x\w+ +str w0, \[x1\]/,
    /ISV 1, SAS 2 \(word\), SRT 0 \(register 0\)?.*WnR 1 \(write\), DFSC 5/,
    /HPFAR_EL2 +0x0000000000090000 +IPA 0x9000000/,
    /try +\S+ is at that physical address: map it/,
    /stage 2: VTTBR_EL2 0x4\w+, 4 KiB granule, 39 bits, from level 1\n +level 1 +0x\w+ +0x0{16} +invalid/,
  ],
  'stage2-table': [
    /^the tables of EL1 \(TTBR0_EL1\) are at 0x900\w+, which stage 2 does not let be read: the level 1 descriptor is invalid/,
    /S1PTW 1/,
    /walk of 0x4\w+, stage 1: TTBR0_EL1[^]*cannot be read\n[^]*walk of 0x900\w+, stage 2: VTTBR_EL2/,
  ],
  'stage2-permission': [
    /^EL1 writes intermediate address 0x4020\w+ \(counter\): stage 2 does not allow to write there$/,
    /WnR 1 \(write\), DFSC 0xd \(Permission fault, level 1\)/,
    /level 1 .* block, Normal WB, .* AF 1/,
  ],
  'el2-vector-base': [
    /^hvc #0x1 could not be taken: VBAR_EL2 is (?<page>0x\w+)[08]00, but vector_table is at \k<page>[6e]00: .*2 KiB/,
    /exception +HVC instruction execution in AArch64 state, EL1h to EL2h/,
  ],
  'el2-illegal-return': [/SPSR_EL2 was 0x1d3, M\[4\] is 1: AArch32 state/, /main\+0x\w+ +-> .* eret/, /EL2h to EL2h/],
  'el2-trapped': [
    /^an access is trapped: msr ttbr0_el1, xzr, because HCR_EL2.TVM is 1$/,
    /Op0 3 \(TTBR0_EL1\)/,
    /\nHCR_EL2 0x\w+ +TVM RW\n/,
  ],
  'el2-fp-trapped': [/CPTR_EL2.TFP is 1/, /EC 0x7, IL 1, ISS 0x1e00000: CV 1, COND 0xe/],
  'handler-fails': [/^the handler of svc #0x7 fails itself: nothing answers at 0xf000000/, /Data Abort .* \(on_call\+0x4\)/],
};

describe.skipIf(lacksCompiler)('a planted bug is named', () => {
  test.each(Object.entries(bugs))('%s', (name, [headline, ...details]) => {
    const wanted = name.replace(/^el2-/, '');
    const el = isOfEl2(name) ? 2 : 1;
    const explanation = explained(name, { exec: 'cold', el });
    expect(explanation.cause, explanation.headline).toBe(wanted);
    expect(explanation.headline).toMatch(headline);
    for (const detail of details) expect(explanation.detail).toMatch(detail);
    expect(explanation.detail).toContain('last branches, the newest first');
    // Between MSR SCTLR_EL1 and ISB the tiers fetch differently, which is theirs to choose (DDI 0487 D8.1.3): ELR may be the ISB's.
    expect(explained(name, { exec: 'hot', el }).cause).toBe(wanted);
  });

  test('there is a guest for each, and each guest has its bug in the table', () => {
    const files = readdirSync(join(root, 'tests/boot/broken')).filter((name) => name.endsWith('.S'));
    const others = ['common', 'common-el2', 'healthy', 'healthy-el2', 'parked'];
    expect(files.sort()).toEqual([...Object.keys(bugs), ...others].map((name) => `${name}.S`).sort());
  });

  test('without the bug the same start powers off', () => {
    expect(machineOf('healthy').outcome).toBe('poweroff');
    expect(machineOf('healthy-el2', { el: 2 }).outcome).toBe('poweroff');
  });

  test('where the run cannot be repeated the rest is told, and why', () => {
    const machine = machineOf('stack-overflow');
    machine.meddled();
    const { cause, detail } = explainDeath(machine, runtime, host);
    expect(cause).toBe('stack-overflow');
    expect(detail).toMatch(/last branches: the run cannot be repeated/);
    expect(detail).toMatch(/level 3 .* invalid/);
  });
});

describe.skipIf(lacksCompiler)('pocketvisor run', () => {
  test('ends with 4, the cause in its JSON and the guess in its first line', async () => {
    const { code, report, errors } = await run('--load', brokenGuest('fp-trapped'), '--timeout', '1s');
    expect([code, report.outcome, report.error?.cause]).toEqual([4, 'guest-fault', 'fp-trapped']);
    expect(errors.split('\n')[0]).toMatch(/^pocketvisor: the guest cannot go on: floating point or SIMD is trapped/);
    expect(errors).toMatch(/\n {2}at +0x\w+ {2}main {2}movi/);
  });

  test('says what a guest stands in the handler of, when its time is over', async () => {
    const { code, report, errors } = await run('--load', brokenGuest('parked'), '--timeout', '20ms');
    expect([code, report.outcome, report.error?.cause]).toEqual([3, 'timeout', 'null-pointer']);
    expect(errors).toMatch(/--timeout ran out\na core stands in the handler of a fault: a null pointer: 0x18 is written\n/);
    expect(errors).toMatch(/main\+0x\w+ +str x0, \[x19, #24\]\n[^]*last branches, the newest first/);
  });

  test('executes a monitor script: at virtual times, and at the end', async () => {
    const script = join(folder, 'monitor.txt');
    writeFileSync(script, '@5ms print $pc\nwalk 0x18\n@1s help\n');
    const { errors } = await pocketvisor('run', '--load', brokenGuest('parked'), '--timeout', '20ms', '--monitor-script', script);
    expect(errors).toMatch(/\(pocketvisor\) print \$pc\n0x\w+ \d+ quiet_vectors\+0x200\n/);
    expect(errors).toMatch(/\(pocketvisor\) help\nthe run ended before\n/);
    expect(errors).toMatch(/\(pocketvisor\) walk 0x18\nwalk of 0x18, stage 1[^]*invalid: bit 0 is 0\n/);
  });

  test('takes names from --symbols where the guest itself has none', async () => {
    const stripped = join(folder, 'stripped.elf');
    execFileSync('aarch64-linux-gnu-objcopy', ['--strip-all', brokenGuest('unmapped-stack'), stripped]);
    const plain = await pocketvisor('run', '--load', stripped);
    expect(plain.errors).toMatch(/\n {2}at +0x\w+ {2}stp x29/);
    const named = await pocketvisor('run', '--load', stripped, '--symbols', brokenGuest('unmapped-stack'));
    expect(named.errors).toMatch(/\n {2}at +0x\w+ {2}work {2}stp x29/);
    const wrong = await pocketvisor('run', '--load', stripped, '--symbols', join(root, 'README.md'));
    expect([wrong.code, wrong.errors]).toEqual([2, expect.stringMatching(/not ELF.*no symbols/)]);
  });
});

describe('third-party software at a level that it was not written for', () => {
  bootTest('TF-A, which is written for EL3', { images: ['tfa-uboot'] }, async () => {
    const { code, report, errors } = await run('--bios', join(imageFolder('tfa-uboot') as string, 'flash.bin'));
    expect([code, report.error?.cause]).toEqual([4, 'register-of-another-level']);
    expect(errors).toMatch(/SCTLR_EL3 is not accessible from EL1[^]*at +0x0{15}8 {2}msr sctlr_el3, x0/);
  });

  bootTest('NuttX, which is written for EL2 and calls PSCI by SMC', { images: ['nuttx-nsh'] }, async () => {
    const image = (name: string): string => join(imageFolder('nuttx-nsh') as string, name);
    const { code, report, errors } = await run('--kernel', image('nuttx.elf'), '--symbols', image('nuttx-dwarf.elf'));
    expect([code, report.error?.cause]).toEqual([4, 'no-hypervisor']);
    expect(errors).toMatch(/at +0x\w+ {2}arm64_smccc_smc\S* {2}smc #0x0\n/);
    expect(errors.match(/ -> /g)).toHaveLength(64);
  });
});
