import type { CostModel } from '../config.ts';
import { microseconds, termsText } from './response-text.ts';
import { hypervisorTime } from './hypervisor-time.ts';
import { worstResponse, type Interference, type Response, type Term } from './response-time.ts';
import { defaultSliceNs, type Overrun } from './scheduler.ts';

/** What shall run together. */
export interface AdmissionPlan {
  readonly cores: number;
  readonly cells: readonly PlannedCell[];
  readonly costs: CostModel;
  readonly interrupts?: readonly PlannedInterrupt[];
  readonly latencies?: readonly PlannedLatency[];
  /** As the scheduler's. */
  readonly sliceNs?: number;
}

export interface PlannedCell {
  readonly name: string;
  /** The key of the handset file that a message speaks of: `cells.modem.schedule`. */
  readonly path: string;
  /** By virtual CPU, the core that runs it. */
  readonly cores: readonly number[];
  readonly priority: number;
  readonly periodNs?: number | undefined;
  readonly budgetNs?: number | undefined;
  readonly overrun?: Overrun | undefined;
  /** Until when the budget must have been had, from the moment when its period should have begun; the period when absent, and never more. */
  readonly deadlineNs?: number | undefined;
  /** How late its work may come; 0 when absent. */
  readonly jitterNs?: number | undefined;
}

/** Interrupts of a device, which the hypervisor takes on a core whoever runs there. */
export interface PlannedInterrupt {
  readonly name: string;
  /** Whose they are. */
  readonly cell: string;
  readonly core: number;
  /** The shortest from one to the next, and how late one may come. */
  readonly distanceNs: number;
  readonly jitterNs?: number | undefined;
  /** Whether there is no other before the cell took the first: none that is less urgent than somebody, and on one core, does so while that one runs. */
  readonly waitsForCell?: boolean | undefined;
  /** What makes it seldom, where something does. */
  readonly remedy?: string | undefined;
}

/** A limit of the time from an interrupt to the first instruction of the cell that it is for. */
export interface PlannedLatency {
  readonly cell: string;
  readonly path: string;
  readonly maxNs: number;
}

export interface AdmissionReport {
  readonly admitted: boolean;
  /** Those that are promised something: a cell with a budget on a core, above the background. The most urgent first. */
  readonly promises: readonly CellPromise[];
  readonly cores: readonly CoreLoad[];
  readonly problems: readonly AdmissionProblem[];
}

export interface CellPromise {
  readonly cell: string;
  readonly core: number;
  readonly priority: number;
  readonly periodNs: number;
  readonly budgetNs: number;
  readonly deadlineNs: number;
  /** What of the budget is the guest's when it wakes up once in a period: the rest is the hypervisor's time for it. */
  readonly guestNs: number;
  /** Its `leastNs` for the scheduler. How late it may be noticed that it has work: what comes back of its budget is as late, at most. */
  readonly leastNs: number;
  /** Until its budget was had, at worst. */
  readonly response: Response;
  /** Until its first instruction, at worst. */
  readonly start: Response;
}

export interface CoreLoad {
  readonly core: number;
  /** Parts of 1: promised as budgets, and taken by interrupts at their most frequent. */
  readonly promised: number;
  readonly interrupts: number;
}

export interface AdmissionProblem {
  readonly code:
    'budget-over-period' | 'budget-too-small' | 'deadline-over-period' | 'unbounded' | 'unschedulable' | 'late-start';
  readonly cell: string;
  readonly path: string;
  readonly message: string;
  readonly hint: string;
}

/** What one cell has on one core. */
interface Task {
  readonly cell: PlannedCell;
  readonly core: number;
  readonly vcpus: number;
}

/**
 * Whether each cell with a budget gets it in every period by its deadline, whatever the others do: response-time analysis of what
 * `Scheduler` does, core by core, with the hypervisor's own time (resources/docs/decisions/0023-sporadic-servers.md). Priority 0 is the
 * background, where budgets only limit and nothing is promised.
 */
export function admit(plan: AdmissionPlan): AdmissionReport {
  const tasks = plan.cells.flatMap((cell) =>
    [...new Set(cell.cores)].map((core): Task => ({ cell, core, vcpus: cell.cores.filter((other) => other === core).length })),
  );
  const problems: AdmissionProblem[] = [];
  const promises: CellPromise[] = [];
  for (const task of tasks.filter(isPromised)) {
    const others = tasks.filter((other) => other.core === task.core && other.cell !== task.cell);
    const promise = promiseOf(plan, task, others);
    promises.push(promise);
    problems.push(...problemsOf(plan, task, others, promise));
  }
  promises.sort((a, b) => a.core - b.core || b.priority - a.priority);
  const cores = Array.from({ length: plan.cores }, (_, core) => loadOf(plan, promises, core));
  return { admitted: problems.length === 0, promises, cores, problems };
}

type Promised = Task & { readonly cell: { readonly periodNs: number; readonly budgetNs: number } };

function isPromised(task: Task): task is Promised {
  return task.cell.priority > 0 && isLimited(task.cell);
}

function isLimited(cell: PlannedCell): cell is PlannedCell & { readonly periodNs: number; readonly budgetNs: number } {
  return cell.periodNs !== undefined && cell.budgetNs !== undefined;
}

function promiseOf(plan: AdmissionPlan, task: Promised, others: readonly Task[]): CellPromise {
  const { name: cell, priority, periodNs, budgetNs, deadlineNs = periodNs } = task.cell;
  const time = hypervisorTime(plan.costs);
  const turns = task.vcpus > 1 || others.some((other) => other.cell.priority === priority);
  const turnEnds = turns ? Math.floor(budgetNs / (plan.sliceNs ?? defaultSliceNs)) : 0;
  const guestNs = Math.max(0, budgetNs - task.vcpus * (time.startNs + time.leaveNs) - turnEnds * time.endNs);
  const response = responseTo(plan, task, others, { name: 'its budget', ns: budgetNs, count: 1 });
  const start = responseTo(plan, task, others, { name: 'its start', ns: time.startNs, count: 1 }, true);
  const leastNs = latenessNs(plan, task);
  return { cell, core: task.core, priority, periodNs, budgetNs, deadlineNs, guestNs, leastNs, response, start };
}

/** How long after it should have been released it may be noticed that a cell has work. */
function latenessNs(plan: AdmissionPlan, task: Task): number {
  const devices = (plan.interrupts ?? []).filter(({ core }) => core === task.core).length;
  return (task.cell.jitterNs ?? 0) + hypervisorTime(plan.costs).sectionNs + devices * plan.costs.injectNs;
}

function responseTo(plan: AdmissionPlan, task: Promised, others: readonly Task[], own: Term, toStart = false): Response {
  const { sectionNs, receptionNs, debtNs } = hypervisorTime(plan.costs);
  const { name, priority, periodNs: ownPeriodNs } = task.cell;
  const interference: Interference[] = [];
  for (const { cell } of others) {
    if (cell.priority < priority) continue;
    if (!isLimited(cell)) return { ns: Infinity, terms: [] };
    // What it is over its budget it pays back from the next, but somebody waited for it.
    interference.push({ name: cell.name, periodNs: cell.periodNs, jitterNs: 0, ns: cell.budgetNs, onceNs: debtNs });
  }
  for (const { name: device, cell, core, distanceNs, jitterNs = 0, waitsForCell = false } of plan.interrupts ?? []) {
    if (core !== task.core || cell === name) continue;
    const receiver = plan.cells.find((other) => other.name === cell);
    const isOnce = waitsForCell && receiver !== undefined && receiver.priority < priority && new Set(receiver.cores).size === 1;
    const periodNs = isOnce ? Number.MAX_SAFE_INTEGER : distanceNs;
    interference.push({ name: `interrupts of ${device}`, periodNs, jitterNs, ns: receptionNs, onceNs: 0 });
  }
  const late = { name: 'noticed late', ns: latenessNs(plan, task), count: 1 };
  const blocked = { name: 'the hypervisor at work for others', ns: others.length ? sectionNs : 0, count: 1 };
  const response = worstResponse([own, blocked].filter(isSome), interference, { toStart, limitNs: 100 * ownPeriodNs });
  return { ns: response.ns + late.ns, terms: response.terms.length ? [...response.terms, late].filter(isSome) : [] };
}

const isSome = ({ ns }: Term) => ns > 0;

function problemsOf(plan: AdmissionPlan, task: Promised, others: readonly Task[], promise: CellPromise): AdmissionProblem[] {
  const { name: cell, path, priority, periodNs, budgetNs } = task.cell;
  const { deadlineNs, response, start, guestNs } = promise;
  const problem = (code: AdmissionProblem['code'], message: string, hint: string): AdmissionProblem => ({
    ...{ code, cell, path, message, hint },
  });
  if (budgetNs > periodNs) {
    return [
      problem(
        'budget-over-period',
        `${cell}: ${microseconds(budgetNs)} of every ${microseconds(periodNs)} cannot be`,
        'shorten the budget',
      ),
    ];
  }
  if (deadlineNs > periodNs) {
    const message = `${cell}: its deadline of ${microseconds(deadlineNs)} is beyond its period of ${microseconds(periodNs)}`;
    return [problem('deadline-over-period', message, 'a deadline ends with the period at the latest')];
  }
  const problems: AdmissionProblem[] = [];
  if (guestNs === 0) {
    const message = `${cell}: of a budget of ${microseconds(budgetNs)} nothing is left after the hypervisor's own time for it`;
    problems.push(problem('budget-too-small', message, 'lengthen the budget, and the period with it'));
  }
  const unlimited = others.find((other) => other.cell.priority >= priority && !isLimited(other.cell))?.cell;
  if (unlimited) {
    const message = `${cell} (priority ${priority}) may never run: ${unlimited.name} (priority ${unlimited.priority}) has no budget`;
    const hint = `give ${unlimited.name} a period and a budget, or a priority below ${priority}`;
    return [...problems, problem('unbounded', message, hint)];
  }
  if (response.ns > deadlineNs) {
    const worst =
      response.ns === Infinity ? 'never, at worst' : `after ${microseconds(response.ns)} at worst (${termsText(response.terms)})`;
    const message = `${cell} on core ${task.core} gets its ${microseconds(budgetNs)} ${worst}; its deadline is ${microseconds(deadlineNs)}`;
    problems.push(problem('unschedulable', message, remedyOf(plan, task, others, deadlineNs)));
  }
  for (const limit of plan.latencies ?? []) {
    if (limit.cell !== cell || start.ns <= limit.maxNs) continue;
    const message = `${cell} may start ${microseconds(start.ns)} after its interrupt (${termsText(start.terms)}); at most ${microseconds(limit.maxNs)} are allowed`;
    problems.push({ ...problem('late-start', message, 'raise its priority, or allow more'), path: limit.path });
  }
  return problems;
}

/** What would let a task be in time. */
function remedyOf(plan: AdmissionPlan, task: Promised, others: readonly Task[], deadlineNs: number): string {
  const budget = { name: 'its budget', ns: task.cell.budgetNs, count: 1 };
  const remedy = plan.interrupts?.find((interrupt) => interrupt.core === task.core && interrupt.remedy)?.remedy;
  const interrupts = plan.interrupts?.filter((interrupt) => !interrupt.remedy) ?? [];
  if (remedy && responseTo({ ...plan, interrupts }, task, others, budget).ns <= deadlineNs) return remedy;
  const most = largestBudget(plan, task, others, deadlineNs);
  const raise = 'raise its priority, or shorten the budgets of those above it';
  return most > 0 ? `a budget of ${microseconds(most)} would hold; else ${raise}` : raise;
}

/** The largest budget below its own with which the task would be in time, in whole us; 0 when there is none. */
function largestBudget(plan: AdmissionPlan, task: Promised, others: readonly Task[], deadlineNs: number): number {
  let [low, high] = [0, Math.floor(task.cell.budgetNs / 1000)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const { ns } = responseTo(plan, task, others, { name: 'its budget', ns: middle * 1000, count: 1 });
    if (ns <= deadlineNs) low = middle;
    else high = middle;
  }
  const { startNs, leaveNs } = hypervisorTime(plan.costs);
  return low * 1000 > startNs + leaveNs ? low * 1000 : 0;
}

function loadOf(plan: AdmissionPlan, promises: readonly CellPromise[], core: number): CoreLoad {
  const { receptionNs } = hypervisorTime(plan.costs);
  const here = promises.filter((promise) => promise.core === core);
  const devices = (plan.interrupts ?? []).filter((interrupt) => interrupt.core === core);
  return {
    core,
    promised: here.reduce((sum, { budgetNs, periodNs }) => sum + budgetNs / periodNs, 0),
    interrupts: devices.reduce((sum, { distanceNs }) => sum + receptionNs / distanceNs, 0),
  };
}
