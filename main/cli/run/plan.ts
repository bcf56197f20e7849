import { UserError } from '../../../emulator/base/user-error.ts';
import type { CloneScript, Script } from '../../../emulator/machine/types.ts';
import { requireWritable } from '../../services/host-files.ts';
import { parseNumber } from '../../services/handset/units.ts';
import { hasScreen, inputsOf } from '../../services/machines/displays.ts';
import {
  cpusProblem,
  limits,
  memoryProblem,
  type DrivePlan,
  type FileRef,
  type MachinePlan,
} from '../../services/machines/plan.ts';
import { checkScreenshot, parseDisplays } from '../display-options.ts';
import { optionError } from '../failure.ts';
import { checkInputs, parseInputs, parseSendKey } from './input.ts';
import { maxPorts, numberPorts, type PortPlan } from '../../services/serial/backend.ts';
import { parsePort } from '../serial-options.ts';
import { parseNets } from './network.ts';
import type { RunOptions } from './options.ts';

/** Puts what the options say over a plan (the default one, or a handset file's). */
export function applyOptions(plan: MachinePlan, options: RunOptions): MachinePlan {
  const { cpus, memory, gic, el, cpu, exec, threads, seed, rtc, radio, profileEmulator: profile } = options;
  const { board } = plan.settings;
  if (cpus !== undefined) check('--cpus', cpusProblem(cpus, board));
  if (memory !== undefined) check('--memory', memoryProblem(memory, board));
  const files = {
    ...fileOption('kernel', options.kernel),
    ...(options.initrd === undefined ? {} : { initrd: [{ path: options.initrd, role: '--initrd' }] }),
    ...fileOption('dtb', options.dtb),
    ...fileOption('bios', options.bios),
  };
  const drives = [...plan.drives, ...(options.drive ?? []).map(parseDrive)];
  if (drives.length > limits.maxDrives) throw optionError('--drive', `a machine can have ${limits.maxDrives} drives`);
  const nics = options.net === undefined ? plan.settings.nics : parseNets(options.net);
  if (options.capture !== undefined && !nics?.length) throw optionError('--capture', 'there is no network card', '--net user');
  const displays = options.display === undefined ? plan.settings.displays : parseDisplays(options.display);
  if (options.screenshot !== undefined)
    checkScreenshot(options.screenshot, hasScreen({ ...plan, settings: { ...plan.settings, ...defined({ displays }) } }));
  const inputs = [...(plan.settings.inputs ?? []), ...parseInputs(options.input ?? [])];
  checkInputs('--input', inputs);
  if (options.sendKey && !inputsOf({ ...plan, settings: { ...plan.settings, inputs } }).includes('keyboard'))
    throw optionError('--send-key', 'there is no keyboard', '--input keyboard');
  const network = { ...(nics ? { nics } : {}), ...(options.capture === undefined ? {} : { capture: true }) };
  return {
    ...plan,
    ...files,
    ...defined({ append: options.append, entry: options.entry }),
    settings: {
      ...plan.settings,
      ...defined({ cpus, memory, gic, el, cpu, exec, threads, seed, rtcSeconds: rtc, radio, profile }),
      ...network,
      ...defined({ displays }),
      ...(inputs.length > 0 ? { inputs } : {}),
    },
    ...dom0Modules(options),
    ...serialDevice(plan, options),
    ...soundCard(options),
    loads: [...plan.loads, ...(options.load ?? []).map(parseLoad)],
    ...(options.symbols ? { symbols: options.symbols.map((path) => ({ path, role: '--symbols' })) } : {}),
    drives,
  };
}

/** One virtio device with the consoles and ports of the plan, and those of the options. */
function serialDevice({ serial = [] }: MachinePlan, { virtioConsole = 0, port = [] }: RunOptions): Pick<MachinePlan, 'serial'> {
  const given: Omit<PortPlan, 'id'>[] = serial.flatMap(({ ports }) => ports);
  const consoles = Array.from({ length: virtioConsole }, () => ({ isConsole: true, backend: { kind: 'stdio' } as const }));
  const named = port.map((text) => ({ isConsole: false, ...parsePort('--port', text) }));
  const ports = numberPorts([...given, ...consoles, ...named]);
  if (ports.length === 0) return {};
  const tooMany = ports.find(({ id }) => id >= maxPorts);
  if (tooMany) throw optionError(tooMany.isConsole ? '--virtio-console' : '--port', `a machine can have ${maxPorts - 1} ports`);
  return { serial: [{ maxPorts, ports }] };
}

function soundCard({ soundOut, soundIn }: RunOptions): Pick<MachinePlan, 'sound'> {
  if (soundOut === undefined && soundIn === undefined) return {};
  return { sound: soundIn === undefined ? {} : { input: { path: soundIn, role: '--sound-in' } } };
}

/** The first guest of a hypervisor. */
function dom0Modules({ dom0Kernel, dom0Initrd, dom0Append: bootargs }: RunOptions): Pick<MachinePlan, 'modules'> {
  if (dom0Kernel === undefined) {
    const alone = dom0Initrd === undefined ? (bootargs === undefined ? undefined : '--dom0-append') : '--dom0-initrd';
    if (alone) throw optionError(alone, 'there is no first guest without its kernel', '--dom0-kernel Image');
    return {};
  }
  const kernel = { kind: 'kernel' as const, file: { path: dom0Kernel, role: '--dom0-kernel' } };
  const modules: MachinePlan['modules'] = [{ ...kernel, ...defined({ bootargs }) }];
  if (dom0Initrd !== undefined) modules.push({ kind: 'ramdisk', file: { path: dom0Initrd, role: '--dom0-initrd' } });
  return { modules };
}

/** Options that parallel mode cannot do. */
export function checkThreads({ threads, record, replay, speed, profileEmulator, gdb }: RunOptions): void {
  if (threads !== 'auto') return;
  const hint = 'use --threads 1';
  if (gdb) throw optionError('--gdb', 'breakpoints stop all cores at once, for which they have to take turns', hint);
  if (profileEmulator) throw optionError('--profile-emulator', 'only a deterministic run is counted', hint);
  if (record !== undefined || replay !== undefined) {
    throw optionError(record === undefined ? '--replay' : '--record', 'no run with --threads auto can be repeated', hint);
  }
  if (speed !== undefined && speed !== 'max' && speed !== 1) {
    throw optionError('--speed', 'with --threads auto time is the time of the host: max (idle time is skipped) or 1', hint);
  }
}

/** A machine that stands still needs somebody who lets it go on. */
export function checkPause({ pause, gdb }: RunOptions): void {
  if (pause && !gdb) throw optionError('--pause', 'nobody could let the machine go on', 'add --gdb PORT');
}

/** The conditions on the console; patterns are checked here, so that a mistake in one is told before anything runs. */
export function buildScript(options: RunOptions): Script {
  if (options.record !== undefined) requireWritable(options.record, '--record');
  const fails = (options.fail ?? []).map((pattern) => checkPattern('--fail', pattern));
  return {
    sends: (options.send ?? []).map((text) => parseSend(text)),
    ...(options.sendKey ? { sendKeys: options.sendKey.map((text) => parseSendKey(text, sendKeyPattern)) } : {}),
    expects: (options.expect ?? []).map((pattern) => checkPattern('--expect', pattern)),
    ...(fails.length > 0 ? { fail: fails.length === 1 ? fails[0]! : fails.map((pattern) => `(?:${pattern})`).join('|') } : {}),
    ...defined({ timeoutNs: options.at ?? options.timeout, clones: cloneScripts(options) }),
    ...(options.record === undefined ? {} : { record: true }),
    ...(options.screenshot === undefined ? {} : { screenshot: {} }),
  };
}

const MOST_CLONES = 64;

function cloneScripts({ clones, cloneSend = [], cloneExpect = [], expect = [], threads }: RunOptions): CloneScript[] | undefined {
  if (clones === undefined) {
    const alone = cloneSend.length > 0 ? '--clone-send' : cloneExpect.length > 0 ? '--clone-expect' : undefined;
    if (alone) throw optionError(alone, 'there are no clones', 'add --clones 8');
    return undefined;
  }
  if (clones < 1 || clones > MOST_CLONES) throw optionError('--clones', `there can be 1 to ${MOST_CLONES}`);
  if (threads === 'auto') throw optionError('--clones', 'only a deterministic machine is cloned', 'use --threads 1');
  if (expect.length === 0) throw optionError('--clones', 'nothing says when', "add --expect 'login:'");
  return Array.from({ length: clones }, (_, n) => {
    const numbered = (text: string): string => text.replaceAll('{n}', String(n + 1));
    return {
      sends: cloneSend.map((text) => parseSend(numbered(text), '--clone-send')),
      expects: cloneExpect.map((pattern) => checkPattern('--clone-expect', numbered(pattern))),
    };
  });
}

/** `--on`: lines of the monitor, of which only who asks for them loads the parser. */
export async function cuesOf({ on }: RunOptions, cells: readonly string[]): Promise<Pick<Script, 'cues'>> {
  if (!on) return {};
  const { parseCue } = await import('./monitor-script.ts');
  return { cues: on.map((option) => parseCue(option, cells, (pattern) => checkPattern('--on', pattern))) };
}

const sendKeyPattern = (pattern: string) => checkPattern('--send-key', pattern);

/** `REGEX=>TEXT`, split at the last `=>`. */
export function parseSend(option: string, role = '--send'): { pattern: string; text: string } {
  const at = option.lastIndexOf('=>');
  if (at < 0) throw optionError(role, `${JSON.stringify(option)} has no =>`, `${role} 'login:=>root\\n'`);
  return { pattern: checkPattern(role, option.slice(0, at)), text: unescape(option.slice(at + 2)) };
}

/** `FILE[,ro][,bus=pci][,format=raw]`. */
export function parseDrive(option: string): DrivePlan {
  const [path = '', ...properties] = option.split(',');
  if (path === '') throw optionError('--drive', 'a file is needed');
  let readOnly = false;
  let onPci = false;
  for (const property of properties) {
    if (property === 'ro') readOnly = true;
    else if (property === 'bus=pci' || property === 'bus=mmio') onPci = property === 'bus=pci';
    else if (property.startsWith('format=') && property !== 'format=raw') {
      throw optionError(
        '--drive',
        `the format ${property.slice(7)} is not supported`,
        `qemu-img convert -O raw ${path} disk.img`,
      );
    } else if (property !== 'format=raw') {
      throw optionError('--drive', `unknown property ${JSON.stringify(property)}`, 'FILE[,ro][,bus=pci|mmio][,format=raw]');
    }
  }
  return { file: { path, role: '--drive' }, readOnly, ...(onPci ? { pci: {} } : {}) };
}

/** `FILE[@ADDRESS]`. */
export function parseLoad(option: string): { file: FileRef; address?: number } {
  const match = /^(.*)@(0x[\da-f]+|\d+)$/i.exec(option);
  if (!match) return { file: { path: option, role: '--load' } };
  const address = parseNumber(match[2]!);
  if (address === undefined) throw optionError('--load', `${match[2]} is not an address`);
  return { file: { path: match[1]!, role: '--load' }, address };
}

function checkPattern(option: string, pattern: string): string {
  try {
    void new RegExp(pattern, 'm');
    return pattern;
  } catch (error) {
    throw optionError(option, (error as Error).message.replace(/^Invalid regular expression: /, 'not a regular expression: '));
  }
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', e: '\x1b', '0': '\0', '\\': '\\' };

/** `\n`, `\r`, `\t`, `\e`, `\0`, `\\` and `\xHH`; any other backslash stands for itself. */
function unescape(text: string): string {
  return text.replace(/\\(?:x([\da-f]{2})|([nrte0\\]))/gi, (whole, hex: string | undefined, letter: string | undefined) =>
    hex ? String.fromCharCode(parseInt(hex, 16)) : (escapes[letter!] ?? whole),
  );
}

function fileOption<K extends string>(key: K, path: string | undefined): { [P in K]?: FileRef } {
  return (path === undefined ? {} : { [key]: { path, role: `--${key}` } }) as { [P in K]?: FileRef };
}

/** The entries that are not undefined. */
function defined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function check(option: string, problem: { message: string; hint: string } | undefined): void {
  if (problem) throw new UserError('out-of-range', `${option}: ${problem.message}`, { hint: problem.hint });
}
