/** Samples the stack of this thread with V8's profiler. */
import type { Profiler } from 'node:inspector';
import type { HostTimes, StackFrame, StackTime, TimeSampler } from '../base/host.ts';

const INTERVAL_US = 1000;

export function sampleTime(): TimeSampler {
  // Loaded by those alone who ask for it.
  const { Session } = process.getBuiltinModule('node:inspector');
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
  session.post('Profiler.start');
  const started = performance.now();
  const process0 = process.cpuUsage();
  const thread0 = process.threadCpuUsage();
  return {
    end(): HostTimes {
      const wallMs = performance.now() - started;
      const threadMs = milliseconds(process.threadCpuUsage(thread0));
      const processMs = milliseconds(process.cpuUsage(process0));
      let stacks: StackTime[] = [];
      // Within one thread the answer is there when `post` returns.
      session.post('Profiler.stop', (error, answer) => {
        if (error) throw error;
        stacks = stacksOf(answer.profile);
      });
      session.disconnect();
      return { wallMs, threadMs, processMs, stacks };
    },
  };
}

const milliseconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000;

function stacksOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): StackTime[] {
  const self = new Map<number, number>();
  samples.forEach((id, index) => self.set(id, (self.get(id) ?? 0) + (timeDeltas[index] ?? 0) / 1000));
  const frames = new Map<number, StackFrame>();
  const parents = new Map<number, number>();
  for (const { id, callFrame, children = [] } of nodes) {
    frames.set(id, { name: callFrame.functionName, source: callFrame.url });
    for (const child of children) parents.set(child, id);
  }
  return [...self].map(([leaf, ms]) => {
    const stack: StackFrame[] = [];
    for (let id: number | undefined = leaf; id !== undefined; id = parents.get(id)) stack.push(frames.get(id) as StackFrame);
    return { frames: stack, ms };
  });
}
