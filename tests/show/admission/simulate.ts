import { hypervisorTime } from '../../../emulator/hypervisor/schedule/hypervisor-time.ts';
import { nobody, Scheduler } from '../../../emulator/hypervisor/schedule/scheduler.ts';
import type { AdmissionPlan, CellPromise } from '../../../emulator/hypervisor/schedule/admission.ts';
import type { Guest } from './guest.ts';
import { BudgetWatch } from './watch.ts';

export interface Simulated {
  /** By cell, with its core: judged releases that were late. */
  readonly misses: number;
  /** Promises of the scheduler that did not hold, in words. */
  readonly broken: readonly string[];
  readonly decisions: number;
}

export interface SimulationOptions {
  readonly horizonNs: number;
  /** What the scheduler takes for the period of a budget: another one is a fault that must be noticed. */
  readonly periodNs?: (declaredNs: number) => number;
}

/** Runs the plan's cells, of one virtual CPU each, by the real scheduler with the hypervisor's costs, as the hypervisor does. */
export function simulate(
  plan: AdmissionPlan,
  promises: readonly CellPromise[],
  guests: readonly Guest[],
  options: SimulationOptions,
): Simulated {
  const { horizonNs, periodNs = (declared) => declared } = options;
  const scheduler = new Scheduler({
    cores: plan.cores,
    vcpus: plan.cells.map(({ cores, priority, overrun, ...cell }, number) => ({
      ...{ cell: number, core: cores[0]!, priority, overrun, budgetNs: cell.budgetNs },
      leastNs: promises.find((promise) => promise.cell === cell.name)?.leastNs,
      periodNs: cell.periodNs && Math.max(cell.budgetNs ?? 0, periodNs(cell.periodNs)),
    })),
    ...(plan.sliceNs && { sliceNs: plan.sliceNs }),
  });
  const { debtNs } = hypervisorTime(plan.costs);
  const watches = plan.cells.map(({ periodNs, budgetNs, priority }) =>
    periodNs && budgetNs && priority > 0 ? new BudgetWatch(periodNs, budgetNs, debtNs) : undefined,
  );
  let decisions = 0;
  const broken: string[] = [];
  for (let core = 0; core < plan.cores; core++) {
    const endNs = simulateCore(plan, guests, scheduler, watches, core, horizonNs, () => decisions++);
    broken.push(...notConserved(scheduler, plan, core, endNs));
  }
  for (const [number, watch] of watches.entries()) {
    if (watch?.isBroken) broken.push(`${plan.cells[number]!.name} took ${watch.worstExcessNs} ns more than its budget`);
  }
  return { misses: guests.reduce((sum, guest) => sum + guest.misses, 0), broken, decisions };
}

function simulateCore(
  plan: AdmissionPlan,
  guests: readonly Guest[],
  scheduler: Scheduler,
  watches: readonly (BudgetWatch | undefined)[],
  core: number,
  horizonNs: number,
  onDecision: () => void,
): number {
  const { enterNs, returnNs, switchNs, injectNs, emulateNs, scheduleNs } = plan.costs;
  const here = plan.cells.flatMap((cell, number) => (cell.cores[0] === core ? [number] : []));
  const asleep = new Set(here);
  let current = nobody;
  let now = 0;
  while (now < horizonNs) {
    // Until when the guest runs: the scheduler's word, its own exit, and interrupts that the hypervisor takes.
    const running = current === nobody ? undefined : guests[current]!;
    let exit = Math.min(scheduler.until(core, now), running ? now + running.computeNs : Infinity);
    for (const number of here) {
      if (isTaken(number)) exit = Math.min(exit, Math.max(now, guests[number]!.nextInterruptNs));
    }
    exit = Math.max(exit, now);
    scheduler.ran(core, exit);
    if (running) {
      running.computeNs -= exit - now;
      watches[current]?.used(exit - now, exit);
    }
    now = exit;
    onDecision();

    const before = current;
    const injected: number[] = [];
    for (const number of here) {
      const guest = guests[number]!;
      if (guest.nextInterruptNs > now) continue;
      if (isTaken(number)) injected.push(number);
      guest.interrupt();
      if (asleep.delete(number)) {
        scheduler.wake(number, now);
        watches[number]?.woke(now);
      }
    }
    const own = running !== undefined && running.computeNs === 0;
    if (own && running.exit(now) === 'sleep') {
      scheduler.block(before, now);
      asleep.add(before);
    }
    current = scheduler.next(core, now);
    // Who pays what (see Scheduler): its own work the guest, an interrupt who gets the core for it, a switch the more urgent of both.
    const switched = current !== before;
    if (own) pay(emulateNs, before);
    const payer = switched ? scheduler.payer(before, current) : own || injected.includes(before) ? before : timerOwner(injected);
    pay(enterNs + scheduleNs + returnNs + (switched ? switchNs : 0), payer);
    for (const number of injected) pay(injectNs, paysInterrupt(number, before) ? number : nobody);
  }
  for (const number of here) guests[number]!.finish(now);
  return now;

  function pay(ns: number, payer: number): void {
    now += ns;
    scheduler.overhead(core, now, payer);
    if (payer !== nobody) watches[payer]?.used(ns, now);
  }
  /** A timer of a cell that is not more urgent than the running one waits until that is so. */
  function isTaken(number: number): boolean {
    const guest = guests[number]!;
    return !guest.byTimer || current === nobody || plan.cells[number]!.priority > plan.cells[current]!.priority;
  }
  function paysInterrupt(number: number, before: number): boolean {
    return number === current || number === before || guests[number]!.byTimer;
  }
  function timerOwner(injected: readonly number[]): number {
    return injected.find((number) => guests[number]!.byTimer) ?? nobody;
  }
}

function notConserved(scheduler: Scheduler, plan: AdmissionPlan, core: number, endNs: number): string[] {
  const broken: string[] = [];
  const { runNs, overheadNs, idleNs } = scheduler.coreAccount(core);
  if (runNs + overheadNs + idleNs !== endNs) broken.push(`core ${core}: ${runNs} + ${overheadNs} + ${idleNs} is not ${endNs} ns`);
  let guests = 0;
  for (const [number, cell] of plan.cells.entries()) {
    if (cell.cores[0] !== core) continue;
    const account = scheduler.vcpuAccount(number, endNs);
    guests += account.runNs;
    const sum = account.onCoreNs + account.waitNs + account.throttledNs + account.blockedNs;
    if (sum !== endNs) broken.push(`${cell.name}: ${JSON.stringify(account)} is not ${endNs} ns`);
  }
  if (guests !== runNs) broken.push(`core ${core}: its guests ran ${guests} ns, not ${runNs} ns`);
  return broken;
}
