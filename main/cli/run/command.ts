import type { CloneResults, Picture, RunResult, Script } from '../../../emulator/machine/types.ts';
import type { LabPlan } from '../../services/lab/index.ts';
import { loadPlan } from '../../services/machines/load.ts';
import { defaultPlan, requireSomethingToRun, type MachinePlan } from '../../services/machines/plan.ts';
import { spawnMachine, type SpawnMachine } from '../../services/machines/worker.ts';
import { WavFile } from '../../services/sound/wav-file.ts';
import { linesOf, type Backend } from '../../services/serial/backend.ts';
import { ExitStatus } from '../failure.ts';
import { checkCellOptions } from './cell-options.ts';
import { consoleFiles, fileSink } from './consoles.ts';
import { readInputLog, writeInputLog } from './input-log.ts';
import { openNetwork } from './network.ts';
import type { RunOptions } from './options.ts';
import { applyOptions, buildScript, checkPause, checkThreads, cuesOf } from './plan.ts';
import { profileText } from './profile.ts';
import { exitCodeOf, explain, failedCellLines, jsonLine, violationLines } from './report.ts';
import { exitCodeOfReason, runSession, type TypedAt } from './session.ts';
import { openStreams, type Line } from './streams.ts';

/** `pocketvisor run`: answers the exit code. */
export async function runCommand(
  handset: string | undefined,
  options: RunOptions,
  spawn: SpawnMachine = spawnMachine,
): Promise<number> {
  const file = handset === undefined ? { plan: defaultPlan(options.board) } : await readFile(handset, options.board);
  if (file.lab) return runLab(file.lab, options);
  const described = file.plan ?? defaultPlan(options.board);
  checkCellOptions(described, options);
  const plan = applyOptions(described, options);
  requireSomethingToRun(plan, 'give --kernel, --bios, --load or a handset file');
  checkThreads(options);
  checkPause(options);
  const cells = plan.cells?.cells.map(({ name }) => name) ?? [];
  const script = { ...buildScript(options), ...(await cuesOf(options, cells)) };
  if (options.replay !== undefined) script.replay = readInputLog(options.replay);
  const own = serialLines(plan, options);
  const lines = [...own, ...linesOfClones(own, script.clones?.length ?? 0)];

  if (options.monitorScript !== undefined) {
    const { readMonitorScript } = await import('./monitor-script.ts');
    script.monitor = readMonitorScript(options.monitorScript, cells);
  }

  // The worker loads its modules while this thread reads the images.
  const worker = spawn();
  try {
    const machine = loadPlan(plan);
    const capture = options.capture === undefined ? undefined : fileSink(options.capture, '--capture');
    const sound = options.soundOut === undefined ? undefined : new WavFile(options.soundOut, '--sound-out');
    // A replay has all that came.
    const network = script.replay ? undefined : await openNetwork(machine.config);
    const streams = await openStreams(lines);
    const interactive = process.stdin.isTTY && options.replay === undefined;
    const scripted = script.sends.length > 0 || script.expects.length > 0;
    const { result, reason, picture } = await runSession(worker, {
      machine,
      script,
      speed: options.speed ?? (interactive && !scripted ? 1 : 'max'),
      ...(options.wall === undefined ? {} : { wallMs: options.wall / 1e6 }),
      streams,
      inputs: interactive ? typedAt(plan, own) : [],
      ...{ network, capture, sound },
      ...(options.gdb ? { gdb: options.gdb } : {}),
      ...(options.pause ? { paused: true } : {}),
      ...(streams.mayAnswer ? { paceIdle: 'always' as const } : {}),
    });
    if (result && options.record !== undefined) writeInputLog(options.record, result.input);
    const isMoment = options.at !== undefined && result?.outcome === 'timeout';
    let exitCode: number = reason
      ? exitCodeOfReason(reason)
      : isMoment
        ? ExitStatus.ok
        : (clonesFailure(result!, script) ?? exitCodeOf(result!, script.expects.length > 0));
    if (streams.midLine && (options.json || exitCode !== 0 || process.stdout.isTTY)) process.stdout.write('\n');
    if (options.screenshot !== undefined && !(await saveScreenshot(options.screenshot, picture))) exitCode ||= ExitStatus.failed;
    if (result?.profile) process.stderr.write(`${profileText(result.profile)}\n`);
    if (result?.clones) tellClones(result.clones, script, reason !== undefined);
    else if (result && !reason && !isMoment) tell(result, exitCode, script.expects);
    if (result && exitCode !== ExitStatus.ok) tellLines(failedCellLines(result));
    if (result?.violations?.length) {
      tellLines(violationLines(result));
      // Nothing else that went wrong is hidden by it.
      if (options.strict && (exitCode === ExitStatus.ok || exitCode === ExitStatus.timeout)) exitCode = ExitStatus.failed;
    }
    if (result && options.json) process.stdout.write(`${jsonLine(result, exitCode, plan.cell, options.threads !== 'auto')}\n`);
    return exitCode;
  } finally {
    worker.terminate();
  }
}

/** The machine's lines by number: the UART, then virtio's; or that of each cell. Consoles are on standard output unless `--console` gives them a file. */
function serialLines({ cell, cells, serial }: MachinePlan, { console: options = [], replay, quiet }: RunOptions): Line[] {
  const ports = linesOf(serial);
  const uarts = cells?.cells.map(({ name }) => name) ?? [cell];
  const consoles = [...uarts, ...ports.filter(({ port }) => port.isConsole).map(({ name }) => name)];
  const files = consoleFiles(options, consoles);
  const connected = (name: string, backend: Backend): Backend => {
    const path = files.get(name);
    if (path !== undefined) return { kind: 'file', path };
    if (quiet && backend.kind === 'stdio') return { kind: 'null' };
    // A replay has all that came.
    return backend.kind === 'socket' && replay !== undefined ? { kind: 'null' } : backend;
  };
  const own = uarts.map((name): Line => ({ name, role: '--console', backend: connected(name, { kind: 'stdio' }) }));
  const others = ports.map(({ name, port: { isConsole, backend } }) => {
    const role = isConsole ? '--console' : '--port';
    return { name, role, backend: connected(name, backend) };
  });
  return [...own, ...others];
}

/** The same of clones, by their numbers from 1 on. What has a file or another program at its other end is the machine's alone. */
function linesOfClones(lines: readonly Line[], clones: number): Line[] {
  return Array.from({ length: clones }, (_, n) =>
    lines.map(({ name, role, backend }): Line => {
      const label = lines.length > 1 ? `${name} ${n + 1}` : `clone ${n + 1}`;
      return { name: label, role, backend: backend.kind === 'stdio' ? backend : { kind: 'null' } };
    }),
  ).flat();
}

/** The exit code of the first clone that did not end as wished. */
function clonesFailure({ clones }: RunResult, script: Script): number | undefined {
  return clones?.results
    .map((result, n) => exitCodeOf(result, (script.clones?.[n]?.expects.length ?? 0) > 0))
    .find((code) => code !== ExitStatus.ok);
}

function tellClones({ results, hostMs, bytes }: CloneResults, { clones = [] }: Script, interrupted: boolean): void {
  process.stderr.write(
    `pocketvisor: ${results.length} clones in ${Math.round(hostMs)} ms, with ${(bytes / 2 ** 20).toFixed(1)} MiB more at first\n`,
  );
  for (const [n, result] of results.entries()) {
    // Those that ran on were ended by who knows it.
    if (interrupted && result.outcome === 'wall') continue;
    const expects = clones[n]?.expects ?? [];
    const explanation = explain(result, exitCodeOf(result, expects.length > 0), expects);
    if (explanation) process.stderr.write(`pocketvisor: clone ${n + 1}: ${explanation}\n`);
  }
}

/** The consoles on standard output: cells in their order, else virtio's, for which somebody asked, before the UART. */
function typedAt({ cells }: MachinePlan, lines: readonly Line[]): TypedAt[] {
  const shown = lines.flatMap(({ name, backend }, stream) => (backend.kind === 'stdio' ? [{ stream, name }] : []));
  return cells ? shown : [...shown.filter(({ stream }) => stream > 0), ...shown.filter(({ stream }) => stream === 0)];
}

function tell(result: RunResult, exitCode: number, expects: readonly string[]): void {
  const explanation = explain(result, exitCode, expects);
  if (explanation) process.stderr.write(`pocketvisor: ${explanation}\n`);
}

function tellLines(lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`pocketvisor: ${line}\n`);
}

/** False when there is nothing to be seen. */
async function saveScreenshot(file: string, picture: Picture | undefined): Promise<boolean> {
  if (!picture) {
    process.stderr.write('pocketvisor: --screenshot: the guest shows nothing on its screen\n');
    return false;
  }
  const { writePicture } = await import('../../services/pictures.ts');
  await writePicture(file, picture);
  return true;
}

/** What a file describes: a machine, or a lab. */
async function readFile(path: string, board: RunOptions['board']): Promise<{ plan?: MachinePlan; lab?: LabPlan }> {
  const { readDescription } = await import('../../services/lab/index.ts');
  return readDescription(path, board);
}

async function runLab(lab: LabPlan, options: RunOptions): Promise<number> {
  const { labCommand } = await import('../lab/command.ts');
  return labCommand(lab, options);
}
