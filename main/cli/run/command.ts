import type { RunResult } from '../../../emulator/machine/types.ts';
import type { LabPlan } from '../../services/lab/index.ts';
import { loadPlan } from '../../services/machines/load.ts';
import { defaultPlan, requireSomethingToRun, type MachinePlan } from '../../services/machines/plan.ts';
import { spawnMachine, type SpawnMachine } from '../../services/machines/worker.ts';
import { consoleFiles, fileSink, stdoutSink } from './consoles.ts';
import { readInputLog, writeInputLog } from './input-log.ts';
import { openNetwork } from './network.ts';
import type { RunOptions } from './options.ts';
import { applyOptions, buildScript, checkPause, checkThreads } from './plan.ts';
import { profileText } from './profile.ts';
import { exitCodeOf, explain, jsonLine } from './report.ts';
import { exitCodeOfReason, runSession } from './session.ts';

/** `pocketvisor run`: answers the exit code. */
export async function runCommand(
  handset: string | undefined,
  options: RunOptions,
  spawn: SpawnMachine = spawnMachine,
): Promise<number> {
  const file = handset === undefined ? { plan: defaultPlan() } : await readFile(handset);
  if (file.lab) return runLab(file.lab, options);
  const plan = applyOptions(file.plan ?? defaultPlan(), options);
  requireSomethingToRun(plan, 'give --kernel, --bios, --load or a handset file');
  checkThreads(options);
  checkPause(options);
  const script = buildScript(options);
  const consolePath = consoleFiles(options.console ?? [], [plan.cell]).get(plan.cell);
  if (options.replay !== undefined) script.replay = readInputLog(options.replay);

  if (options.monitorScript !== undefined) {
    const { readMonitorScript } = await import('./monitor-script.ts');
    script.monitor = readMonitorScript(options.monitorScript);
  }

  // The worker loads its modules while this thread reads the images.
  const worker = spawn();
  try {
    const machine = loadPlan(plan);
    const capture = options.capture === undefined ? undefined : fileSink(options.capture, '--capture');
    // A replay has all that came.
    const network = script.replay ? undefined : await openNetwork(machine.config);
    const sink = consolePath === undefined ? stdoutSink() : fileSink(consolePath, '--console');
    const interactive = process.stdin.isTTY && options.replay === undefined;
    const scripted = script.sends.length > 0 || script.expects.length > 0;
    const { result, reason } = await runSession(worker, {
      machine,
      script,
      speed: options.speed ?? (interactive && !scripted ? 1 : 'max'),
      ...(options.wall === undefined ? {} : { wallMs: options.wall / 1e6 }),
      console: sink,
      readInput: interactive,
      ...{ network, capture },
      ...(options.gdb ? { gdb: options.gdb } : {}),
      ...(options.pause ? { paused: true } : {}),
    });
    if (result && options.record !== undefined) writeInputLog(options.record, result.input);
    const exitCode = reason ? exitCodeOfReason(reason) : exitCodeOf(result!, script.expects.length > 0);
    if (sink.midLine && (options.json || exitCode !== 0 || process.stdout.isTTY)) process.stdout.write('\n');
    if (result?.profile) process.stderr.write(`${profileText(result.profile)}\n`);
    if (result && !reason) tell(result, exitCode, script.expects);
    if (result && options.json) process.stdout.write(`${jsonLine(result, exitCode, plan.cell, options.threads !== 'auto')}\n`);
    return exitCode;
  } finally {
    worker.terminate();
  }
}

function tell(result: RunResult, exitCode: number, expects: readonly string[]): void {
  const explanation = explain(result, exitCode, expects);
  if (explanation) process.stderr.write(`pocketvisor: ${explanation}\n`);
}

/** What a file describes: a machine, or a lab. */
async function readFile(path: string): Promise<{ plan?: MachinePlan; lab?: LabPlan }> {
  const { readDescription } = await import('../../services/lab/index.ts');
  return readDescription(path);
}

async function runLab(lab: LabPlan, options: RunOptions): Promise<number> {
  const { labCommand } = await import('../lab/command.ts');
  return labCommand(lab, options);
}
