import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The system registers that the probe can name, by number (REGISTERS of probe.c). */
export const systemRegisters = [
  ...['ICC_PMR_EL1', 'ICC_IAR0_EL1', 'ICC_EOIR0_EL1', 'ICC_HPPIR0_EL1', 'ICC_BPR0_EL1', 'ICC_AP0R0_EL1', 'ICC_AP1R0_EL1'],
  ...['ICC_DIR_EL1', 'ICC_RPR_EL1', 'ICC_SGI1R_EL1', 'ICC_ASGI1R_EL1', 'ICC_SGI0R_EL1', 'ICC_IAR1_EL1', 'ICC_EOIR1_EL1'],
  ...['ICC_HPPIR1_EL1', 'ICC_BPR1_EL1', 'ICC_CTLR_EL1', 'ICC_IGRPEN0_EL1', 'ICC_IGRPEN1_EL1', 'ISR_EL1', 'CNTV_CTL_EL0'],
  'CNTP_CTL_EL0',
  // At EL2 alone.
  ...['ICH_AP0R0_EL2', 'ICH_AP1R0_EL2', 'ICC_SRE_EL2', 'ICH_HCR_EL2', 'ICH_VTR_EL2', 'ICH_MISR_EL2', 'ICH_EISR_EL2'],
  ...['ICH_ELRSR_EL2', 'ICH_VMCR_EL2', 'ICH_LR0_EL2', 'ICH_LR1_EL2', 'ICH_LR2_EL2', 'ICH_LR3_EL2'],
] as const;
export type SystemRegister = (typeof systemRegisters)[number];

export type MemoryAccess = { core: number } & (
  { kind: 'read'; at: number } | { kind: 'write' | 'write-byte'; at: number; value: number }
);
export type Access =
  MemoryAccess | ({ core: number } & ({ kind: 'mrs'; at: SystemRegister } | { kind: 'msr'; at: SystemRegister; value: bigint }));

const kinds = { read: 1, write: 2, 'write-byte': 3, mrs: 4, msr: 5 };

/** What each access reads on QEMU's `virt`, 0 for a write: the guest of probe.c makes them, at EL1 or EL2. */
export function runOnQemu(accesses: readonly Access[], gic: 2 | 3, cores: number, level: 1 | 2): bigint[] {
  const folder = mkdtempSync(join(tmpdir(), 'gic-'));
  try {
    const list = Buffer.alloc((accesses.length + 1) * 24);
    for (const [n, access] of accesses.entries()) {
      list.writeUInt32LE(kinds[access.kind], n * 24);
      list.writeUInt32LE(access.core, n * 24 + 4);
      const at = typeof access.at === 'string' ? systemRegisters.indexOf(access.at) : access.at;
      list.writeBigUInt64LE(BigInt(at), n * 24 + 8);
      if ('value' in access) list.writeBigUInt64LE(BigInt.asUintN(64, BigInt(access.value)), n * 24 + 16);
    }
    const [listFile, image] = [join(folder, 'accesses'), join(folder, 'probe.elf')];
    writeFileSync(listFile, list);
    execFileSync('clang', [
      ...[
        '--target=aarch64-none-elf',
        '-O1',
        '-ffreestanding',
        '-nostdlib',
        '-mgeneral-regs-only',
        '-mstrict-align',
        '-fuse-ld=lld',
      ],
      ...[
        '-Wl,-Ttext=0x40080000',
        '-Wl,--entry=start',
        `-DCORES=${cores}`,
        ...(level === 2 ? ['-DEL2'] : []),
        '-o',
        image,
        join(import.meta.dirname, 'probe.c'),
      ],
    ]);
    const output = execFileSync(
      'qemu-system-aarch64',
      [
        ...[
          '-M',
          `virt,gic-version=${gic}${level === 2 ? ',virtualization=on' : ''}`,
          '-cpu',
          'cortex-a57',
          '-smp',
          `${cores}`,
          '-m',
          '256',
        ],
        ...['-nodefaults', '-display', 'none', '-serial', 'stdio', '-accel', 'tcg,thread=single', '-kernel', image],
        ...['-device', `loader,file=${listFile},addr=0x44000000,force-raw=on`],
      ],
      { encoding: 'latin1', timeout: 60_000 },
    );
    return output
      .trim()
      .split(/\s+/)
      .map((line) => BigInt(`0x${line}`));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
