/** Linux under a load that keeps changing code: samples of what the process takes meanwhile. */
import { readFileSync } from 'node:fs';
import type { MachineConfig } from '../../../emulator/machine/types.ts';
import { memoryMap } from '../../../emulator/state/memory-map.ts';
import { guestFile } from '../../support/guests.ts';
import { testMachine } from '../../support/machine.ts';
import { initrd } from './debian.ts';
import { residentSoftTlb } from './resident.ts';

/** New copies of a program in new pages, run and thrown away; modules that come and go; pipes, compression, checksums, many processes. */
const load = [
  'cd /tmp || cd /; i=0; while true; do i=$((i+1)); n=$((i%40))',
  'cp /bin/busybox b$n; chmod +x b$n; ./b$n sha256sum /bin/busybox >/dev/null; ./b$n gzip -c /bin/busybox | ./b$n gunzip -c | ./b$n md5sum >/dev/null',
  './b$n seq 1 300 | ./b$n sort -r | ./b$n awk "{s+=\\$1} END {print s}" >/dev/null; ./b$n find /proc -maxdepth 1 >/dev/null',
  'for m in virtio_net virtio_blk virtio_rng; do modprobe $m; rmmod $m; done 2>/dev/null',
  'j=0; while [ $j -lt 20 ]; do /bin/busybox true; ./b$n true; j=$((j+1)); done; [ $((i%10)) = 0 ] && echo round $i; done',
].join('; ');

export interface Sample {
  readonly seconds: number;
  /** MiB of the process, and of the guest's RAM that was touched, which is part of it. */
  readonly rss: number;
  readonly guestRam: number;
  /** MiB of the soft TLBs' tables, which are part of it too. */
  readonly softTlb: number;
  readonly codePages: number;
  /** Modules that were made so far. */
  readonly modules: number;
  readonly instructions: number;
  /** Rounds that the guest has told of. */
  readonly rounds: number;
}

export function runLongLoad(
  seconds: number,
  everySeconds: number,
  config: Partial<MachineConfig>,
  onSample: (sample: Sample) => void,
): void {
  const boot = {
    kernel: readFileSync(guestFile('Image-cloud') ?? ''),
    initrd: readFileSync(guestFile(initrd) ?? ''),
    append: 'console=ttyAMA0',
    loads: [],
  };
  const { machine, console: text } = testMachine({
    config: { memory: 192 << 20, rng: true, ...config, boot },
    script: { sends: [{ pattern: '/ # ', text: `${load}\n` }] },
  });
  const { memory, runtime } = machine.hardware;
  const start = performance.now();
  let next = everySeconds;
  for (;;) {
    if (machine.runFor(200) === 'ended') throw new Error(`the guest ended: ${text().slice(-1000)}`);
    const now = (performance.now() - start) / 1000;
    if (now < next && now < seconds) continue;
    next += everySeconds;
    onSample({
      seconds: Math.round(now),
      rss: process.memoryUsage().rss / 2 ** 20,
      guestRam: (new DataView(memory.buffer).getUint32(memoryMap.MACHINE, true) - memoryMap.POOL) / 2 ** 20,
      softTlb: residentSoftTlb(),
      codePages: runtime.codePageCount(),
      modules: machine.compileCosts.modules,
      instructions: machine.instructions,
      rounds: Number(/.*round (\d+)/s.exec(text())?.[1] ?? 0),
    });
    if (now >= seconds) return;
  }
}
