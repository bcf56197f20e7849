/** What ends a run from outside: signals, and a reader of standard output that is gone. */
export type EndReason = 'quit' | 'interrupted' | 'broken-pipe';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Tells of each until what it answers is called. */
export function watchEndings(stop: (why: EndReason) => void): () => void {
  const interrupt = () => stop('interrupted');
  const fail = (error: NodeJS.ErrnoException) => (error.code === 'EPIPE' ? stop('broken-pipe') : undefined);
  for (const signal of signals) process.on(signal, interrupt);
  process.stdout.once('error', fail);
  return () => {
    for (const signal of signals) process.off(signal, interrupt);
  };
}
