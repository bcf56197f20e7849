import type { EmulatorProfile } from '../../../emulator/machine/types.ts';

/** Rows of the longer tables. */
const ROWS = 16;

/** What `--profile-emulator` prints: tables for a person. All of it, uncut, is in `--json`. */
export function profileText(profile: EmulatorProfile): string {
  const { instructions, translation, machine, loop, events, exceptions, calls, handlers, registers, devices, host } = profile;
  const { total } = instructions;
  const perMillion = (count: number): string => `${total > 0 ? ((count * 1e6) / total).toFixed(1) : '-'} /M`;
  const counts = (title: string, table: Readonly<Record<string, number>>): string[] => {
    const rows = Object.entries(table).filter(([, count]) => count > 0);
    const lines = rows.slice(0, ROWS).map(([name, count]) => `  ${grouped(count)}  ${perMillion(count).padStart(13)}  ${name}`);
    const rest = rows.slice(ROWS).reduce((sum, [, count]) => sum + count, 0);
    if (rest > 0) lines.push(`  ${grouped(rest)}  ${perMillion(rest).padStart(13)}  (${rows.length - ROWS} more)`);
    return lines.length > 0 ? [title, ...lines] : [];
  };
  const share = (part: number, whole: number): string => `${whole > 0 ? ((100 * part) / whole).toFixed(1) : '-'} %`.padStart(8);
  const lines = [
    'Instructions',
    ...Object.entries(instructions).map(([name, count]) => `  ${grouped(count)}  ${share(count, total).padStart(13)}  ${name}`),
    `Translation: ${translation.regions} regions, ${translation.modules} modules of ${Math.round(translation.moduleBytes / 1024)} KB, ` +
      `${Math.round(translation.ms)} ms; ${translation.variants} variants of instructions were decoded`,
  ];
  if (host) {
    const sampled = Object.values(host.parts).reduce((sum, ms) => sum + ms, 0);
    const row = (ms: number, name: string): string => `  ${ms.toFixed(0).padStart(8)} ms ${share(ms, sampled)}  ${name}`;
    lines.push(
      `Host time: ${seconds(host.wallMs)} by the clock, ${seconds(host.threadMs)} of CPU in this thread, ${seconds(host.processMs)} in all`,
      ...Object.entries(host.parts).map(([name, ms]) => row(ms, name)),
      'Host time by function',
      ...host.functions.slice(0, 2 * ROWS).map(({ name, part, ms }) => row(ms, `${part}: ${name}`)),
    );
  }
  lines.push(
    ...counts('Outer loop (idleNs is virtual time)', machine),
    ...counts('Cold loop', loop),
    ...counts('Calls of the runtime and the host from generated code', calls),
    ...counts('Events in the runtime', Object.fromEntries(Object.entries(events).sort((a, b) => b[1] - a[1]))),
    ...counts('Synchronous exceptions', exceptions),
    ...counts('Handlers that the cold loop calls', handlers),
    ...counts('System registers, outside of regions', registers),
    ...counts('Devices', devices),
  );
  return lines.join('\n');
}

const grouped = (count: number): string => count.toLocaleString('en').padStart(15);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
