/** Compares the logs of the bare-metal image line by line. */

/** Where our machine and QEMU 7.2 may differ, by the line's label and values: see ../README.md. */
interface Known {
  readonly line: RegExp;
  readonly why: string;
  /** Whether the two lines differ in this respect only. */
  readonly only: (ours: string, oracle: string) => boolean;
}

const without = (pattern: RegExp) => (ours: string, oracle: string) => ours.replace(pattern, '') === oracle.replace(pattern, '');
const missing = (side: 'ours' | 'oracle') => (ours: string, oracle: string) => (side === 'ours' ? ours : oracle) === '';
const value = (text: string): bigint => BigInt(`0x${/value=([0-9a-f]+)/.exec(text)?.[1] ?? '0'}`);

export const known: readonly Known[] = [
  {
    line: /^ones /,
    why: 'QEMU keeps bits that are RES0: ours must be a subset',
    only: (ours, oracle) => ours !== '' && oracle.includes('value=') && (value(ours) & ~value(oracle)) === 0n,
  },
  {
    line: /^(mrs|mrs-el0|mrs-el1|mrs-el2|msr-el0|ones|zeros) s2_/,
    why: 'QEMU 7.2 lacks external debug registers of v8.0: OSDTRRX, OSDTRTX, OSECCR, DBGPRCR, DBGCLAIM, DBGAUTHSTATUS, DBGDTR; MDCCINT is RAZ',
    only: (ours, oracle) => oracle === '' || oracle.includes('value=0'),
  },
  {
    line: /^(mrs|mrs-el1|mrs-el2|ones|zeros) s3_1_c(b|f)_/,
    why: 'IMPLEMENTATION DEFINED registers of Cortex-A57 (L2CTLR, CPUACTLR and others), which ours leaves UNDEFINED',
    only: missing('ours'),
  },
  {
    line: /^mrs(-el1|-el2)? s3_0_c0_c1_[12] /,
    why: "AArch32's ID_PFR1 and ID_DFR0: the model's, where QEMU takes out EL2 and EL3",
    only: without(/value=.*/),
  },
  {
    line: /^mdscr .* d5330500 /,
    why: 'QEMU 7.2 lacks DBGDTRRX_EL0',
    only: (ours, oracle) => /esr=(f2007777|6220c00b)/.test(ours) && oracle.includes('esr=2000000'),
  },
  {
    line: /^mdscr bits=1000 el=0 d5330100 /,
    why: 'QEMU 7.2 does not know MDSCR_EL1.TDCC',
    only: (ours, oracle) => ours.includes('esr=6220c003') && oracle.includes('esr=f2007777'),
  },
  { line: /^ones s3_0_cc_c0_0 /, why: 'QEMU keeps bits 10:5 of VBAR, which are RES0', only: without(/value=.*/) },
  {
    line: /s3_3_c9_cc_6 |d53b9cc0/,
    why: 'PMCEID0: virtual time counts instructions, as QEMU does with -icount',
    only: without(/(value|x0)=\w+/),
  },
  {
    line: /^at-|^ descriptor=| no-mmu d5087800| way=/,
    why: 'PAR_EL1.SH of Device and Normal Non-cacheable memory is 0b10 (PAREncodeShareability); QEMU 7.2 shows the descriptor',
    only: (ours, oracle) => {
      const plain = (text: string): string =>
        text.replace(/(x0|par)=([0-9a-f]+)/g, (all, name: string, digits: string) => {
          const par = BigInt(`0x${digits}`);
          const attributes = Number(par >> 56n);
          const isFree = (par & 1n) === 0n && (attributes < 0x10 || attributes === 0x44);
          return isFree ? `${name}=${(par & ~0x180n).toString(16)}` : all;
        });
      return plain(ours) === plain(oracle) && [...ours.matchAll(/(?:x0|par)=([0-9a-f]+)/g)].every(hasShareability);
    },
  },
  {
    line: /^(sctlr .*|raise-el0) d5034f[df]f /,
    why: 'MSR DAIFSet trapped by SCTLR_EL1.UMA: QEMU 7.2 swaps op1 and op2 in the ISS',
    only: without(/esr=620[7ce][9d]3fe/),
  },
  {
    line: /hvc 80000000 |^ argument=80000000 hvc (8400000a|80000001) /,
    why: 'SMCCC_VERSION and ARCH_FEATURES: offered by our firmware, not by that of QEMU 7.2',
    only: without(/x0=\w+/),
  },
  {
    line: /^zeros s3_4_(c0_c0_5|c1_c1_[02]|c2_c1_2) /,
    why: 'RES1 bits of VMPIDR_EL2, CPTR_EL2, VTCR_EL2, and HCR_EL2.RW where EL1 has no AArch32: QEMU keeps what is written',
    only: (ours, oracle) => [0x8000_0000n, 0x33ffn].includes(value(ours)) && value(oracle) === 0n,
  },
  {
    line: /^other el=0 hcr=\w*[89a-f]\w{6} /,
    why: 'QEMU 7.2 forgets that HCR_EL2.TGE turns the MMU of EL0 off: a load of what EL1 alone may read faults there',
    only: (ours, oracle) => ours.includes('esr=f2007777') && oracle.includes('esr=9200000d'),
  },
  {
    line: /^pmcr_el0 .* mdcr=\w+ /,
    why: 'QEMU 7.2 does not know MDCR_EL2.TPMCR',
    only: (ours) => / mdcr=\w*[2367abef][0-9a-f] /.test(ours) && ours.includes(' vector=400 '),
  },
  {
    line: / way=|^ descriptor=/,
    why: 'Where stage 2 faults while stage 1 reads its tables, QEMU 7.2 reports the level of stage 1',
    only: (ours, oracle) => {
      const level = (text: string): string =>
        text
          .replace(/(par=\w*b)[01]\w/, '$1')
          .replace(/(esr=[89]\w{5})[0-9a-f]{2}/, (all, start: string) => (isWalk(all) ? start : all));
      return level(ours) === level(oracle);
    },
  },
];

/** Whether an abort is one of stage 2 on a walk of stage 1 (S1PTW). */
const isWalk = (esr: string): boolean => (parseInt(esr.slice(-2), 16) & 0x80) !== 0;

/** A successful PAR_EL1 of such memory says Outer Shareable; other values do not matter here. */
function hasShareability([, digits]: RegExpMatchArray): boolean {
  const par = BigInt(`0x${digits}`);
  const attributes = Number(par >> 56n);
  return (par & 0xa01n) !== 0xa00n || !(attributes < 0x10 || attributes === 0x44) || (par & 0x180n) === 0x100n;
}

/** The labels of lines, by which lines of the two logs belong together: numbered where a label comes again. */
function labels(lines: readonly string[]): string[] {
  const seen = new Map<string, number>();
  let last = '';
  return lines.map((line) => {
    const plain = /^(mrs|mrs-el[012]|msr-el0|ones|zeros) \S+/.exec(line)?.[0] ?? line.replace(/ vector=.*/, '');
    // What comes after a change of descriptor belongs to the line before.
    const text = plain.startsWith(' descriptor') ? `${plain} after ${last}` : plain;
    last = plain;
    const count = (seen.get(text) ?? 0) + 1;
    seen.set(text, count);
    return count === 1 ? text : `${text} again ${count}`;
  });
}

export interface LogDifference {
  readonly label: string;
  readonly ours: string;
  readonly oracle: string;
}

/** Lines that differ in more than is known, with their label. A line that one side lacks is an empty text. */
export function compareLogs(ours: readonly string[], oracle: readonly string[]): LogDifference[] {
  const pairs = new Map<string, LogDifference>();
  labels(ours).forEach((key, i) => pairs.set(key, { label: key, ours: ours[i] ?? '', oracle: '' }));
  labels(oracle).forEach((key, i) => pairs.set(key, { label: key, ours: pairs.get(key)?.ours ?? '', oracle: oracle[i] ?? '' }));
  const isKnown = (pair: LogDifference): boolean =>
    known.some(({ line, only }) => line.test(`${pair.label} `) && only(pair.ours, pair.oracle));
  return [...pairs.values()].filter((pair) => pair.ours !== pair.oracle && !isKnown(pair));
}
