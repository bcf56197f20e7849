import type { RunningHandset } from '../support/handset.ts';

/** A guest in a cell of soc.yaml. */
export interface Guest {
  readonly cell: string;
  /** Asks it something, and answers what must be the same on every board; undefined where it said nothing in time. */
  ask(run: RunningHandset): string | undefined;
}

/** What a cell has written from a place on. */
const since = (run: RunningHandset, cell: string, from = 0): string => run.consoles[cell]!.slice(from).replaceAll('\r', '');

/** Types something once a cell asks for it, and answers all that it says up to an end. */
function dialogue(run: RunningHandset, cell: string, prompt: RegExp, text: string, end: RegExp, ns: number): string | undefined {
  if (!run.wait(cell, prompt, ns)) return undefined;
  const from = run.consoles[cell]!.length;
  run.type(cell, text);
  return run.wait(cell, end, ns, from) ? since(run, cell, from) : undefined;
}

export const selftest: Guest = {
  cell: 'selftest',
  ask: (run) => (run.wait('selftest', /rtos: all passed/, 2e9) ? /[^]*all passed/.exec(since(run, 'selftest'))?.[0] : undefined),
};

export const hello: Guest = {
  cell: 'hello',
  ask: (run) => dialogue(run, 'hello', /hello> /, 'mandelbrot\rhelp\r', /end \(PSCI\)/, 2e9),
};

export const modem: Guest = {
  cell: 'modem',
  ask(run) {
    const text = dialogue(run, 'modem', /baseband> /, 'stat\r', /asleep[^\n]*\n/, 2e9);
    // What it counted follows from when it was asked.
    // Nor is what comes behind it the same moment's.
    const answer = /stat\n[^]*asleep[^\n]*/.exec(text ?? '')?.[0];
    return answer?.replace(/frames [0-9a-f]{8}/, 'frames #').replace(/ *[\d.]+/g, ' #');
  },
};

export const linux: Guest = {
  cell: 'linux',
  ask(run) {
    const questions = 'uname -a; cat /init /bin/busybox | sha256sum; seq 1 3000 | sha256sum; echo DO\\NE\n';
    const text = dialogue(run, 'linux', /GUEST READY[^]*# /, questions, /DONE/, 8e9);
    return /\nLinux [^]*DONE/.exec(text ?? '')?.[0];
  },
};

/** FreeRTOS, in whichever cell. */
export const freeRtos = (cell: string): Guest => ({
  cell,
  ask(run) {
    if (!run.wait(cell, /FREERTOS (PASS|FAIL)/, 5e9)) return undefined;
    // How far its tasks come follows from the clock; what was bad would be told.
    return since(run, cell).replace(/(?<!bad )\b\d+/g, '#');
  },
});
