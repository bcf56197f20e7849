/** The table of calls for people: a page of the documentation, and a line for each call that was made. */
import { FUNCTION_BASE, type Hypercall } from './hypercall.ts';
import { hypercalls } from './index.ts';

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;

/** A call as a trace shows it, `notify(capability 0, payload of 32 bits 0x7)`; undefined where X0 names none of ours. */
export function hypercallText(function_: number, registers: readonly bigint[]): string | undefined {
  const call = hypercalls.find(({ number }) => FUNCTION_BASE + number === function_);
  if (!call) return undefined;
  const given = call.arguments.map((name, n) => `${name} ${textOf(registers[n] ?? 0n)}`);
  return `${call.name}(${given.join(', ')})`;
}

const textOf = (value: bigint): string => (value < 10n ? String(value) : hex(value));

/** resources/docs/hypercalls.md. */
export function hypercallPage(): string {
  const listed = (names: readonly string[]): string => names.map((name, n) => `X${n + 1}: ${name}`).join('; ') || '';
  const row = (call: Hypercall): string =>
    `| ${hex(FUNCTION_BASE + call.number)} | \`${call.name}\` | ${call.summary} | ${listed(call.arguments)} | ${listed(call.results)} |`;
  return `# Hypercalls

What a cell's guest may ask of the hypervisor, with \`HVC #0\`: the function in X0 and arguments from X1 on, as the SMC Calling Convention has fast calls of the
vendor's hypervisor. X0 is 0 after it, or negative: -1 there is no such call, -2 not granted, -3 no such capability. A capability is a number, the place of a
channel among those that the handset file grants the cell; there are no names for what is not granted. PSCI is served as on a board.

For guests in C all of it is in \`resources/guests/lib/pocketvisor.h\`. That file and this page are written from \`emulator/hypervisor/hypercalls\` by \`npm run bless\`.

| X0 | Name | What it does | Arguments | Results |
| -- | ---- | ------------ | --------- | ------- |
${hypercalls.map(row).join('\n')}
`;
}
