/**
 * Threads of emulator/worker by their entries: in a checkout the sources, in a bundle (the desktop's is cjs, the command line's mjs) files beside
 * this one.
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { threadLimits } from '../../../emulator/worker/limits.ts';

type Entry = 'node' | 'translator';

const extension = extname(import.meta.filename);
const folder = extension === '.ts' ? '../../../emulator/worker' : '.';

function start(entry: Entry): Worker {
  const file = `${folder}/${entry}${extension}`;
  return new Worker(new URL(file, import.meta.url), { resourceLimits: threadLimits });
}

const ahead = new Map<Entry, Worker>();

/** Starts a thread before anybody has something to do for it, which takes longer than finding out what. It keeps no process alive. */
export function startAhead(entry: Entry): void {
  const thread = start(entry);
  thread.unref();
  ahead.set(entry, thread);
}

/** A thread that does what it is posted: the one that was started ahead, or another. */
export function startThread(entry: Entry): Worker {
  const thread = ahead.get(entry) ?? start(entry);
  ahead.delete(entry);
  thread.ref();
  return thread;
}
