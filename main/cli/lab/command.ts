import { loadLab } from '../../services/lab/load.ts';
import type { LabPlan } from '../../services/lab/index.ts';
import { HostNetwork } from '../../services/network/index.ts';
import { spawnLab, type SpawnLab } from '../../services/machines/worker.ts';
import { consoleFiles, fileSink } from '../run/consoles.ts';
import type { RunOptions } from '../run/options.ts';
import { exitCodeOf } from '../run/report.ts';
import { exitCodeOfReason } from '../run/session.ts';
import { sinksOf } from './consoles.ts';
import { checkOptions, scriptsOf } from './options.ts';
import { explainLab, labLine } from './report.ts';
import { runLab } from './session.ts';

/** `pocketvisor run` of a lab file: answers the exit code. */
export async function labCommand(plan: LabPlan, options: RunOptions, spawn: SpawnLab = spawnLab): Promise<number> {
  checkOptions(options);
  const names = plan.machines.map(({ name }) => name);
  const scripts = scriptsOf(names, options);
  const files = consoleFiles(options.console ?? [], names);
  const worker = spawn();
  try {
    for (const { plan: machine } of plan.machines) machine.settings.exec = options.exec ?? machine.settings.exec;
    const lab = loadLab(plan, scripts);
    const networks = await openNetworks(lab.machines.map(({ config }) => config.nics ?? []));
    const capture = options.capture === undefined ? undefined : fileSink(options.capture, '--capture');
    const { result, reason } = await runLab(worker, {
      ...{ lab, seed: plan.seed, consoles: sinksOf(names, files), networks, capture },
      ...(options.wall === undefined ? {} : { wallMs: options.wall / 1e6 }),
    });
    if (reason || !result) return exitCodeOfReason(reason ?? 'interrupted');
    const isExpecting = lab.machines.some(({ script }) => script.expects.length > 0);
    const exitCode = exitCodeOf(result, isExpecting);
    for (const line of explainLab(result, lab.machines, exitCode)) process.stderr.write(`pocketvisor: ${line}\n`);
    if (options.json) process.stdout.write(`${labLine(result, exitCode, plan)}\n`);
    return exitCode;
  } finally {
    worker.terminate();
  }
}

/** The sockets of the machines' user networks, with their ports open. */
async function openNetworks(cards: ConstructorParameters<typeof HostNetwork>[0][]): Promise<HostNetwork[]> {
  const networks = cards.map((nics) => new HostNetwork(nics));
  try {
    for (const network of networks) {
      for (const line of await network.listen()) process.stderr.write(`pocketvisor: ${line}\n`);
    }
  } catch (error) {
    for (const network of networks) network.close();
    throw error;
  }
  return networks;
}
