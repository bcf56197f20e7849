import type { CellConfig } from '../../../emulator/hypervisor/config.ts';
import { emptyDisk, startHandset, type RunningHandset } from '../support/handset.ts';
import { withStorm } from '../support/storm.ts';
import { askModem, type ModemCounts } from './modem.ts';

/** The handset `voice` with a storm in Linux, and what was said in its call so far. */
export class Conversation {
  readonly handset: RunningHandset;
  /** Frames of silence, then of speech, and so on in turns. */
  readonly parts: number[] = [];
  private last: Pick<ModemCounts, 'spoken' | 'silentBefore' | 'silentSince'> = { spoken: 0, silentBefore: 0, silentSince: 0 };

  constructor(change: (cell: CellConfig) => CellConfig) {
    this.handset = startHandset('voice', { change: (cell) => change(cell.name === 'linux' ? stormy(cell) : cell) });
  }

  get nowNs(): number {
    return this.handset.machine.nowNs;
  }

  runFor(ns: number, progress?: (ns: number) => void): void {
    this.handset.runTo(this.nowNs + ns, progress);
  }

  /** Waits for Linux to come up the nth time, with its program in the call; false when that takes longer. */
  waitForLinux(nth: number, limitNs = 20e9): boolean {
    const times = (text: string): number => this.handset.consoles['linux']!.split(text).length - 1;
    for (const end = this.nowNs + limitNs; this.nowNs < end; this.runFor(100e6)) {
      if (times('voice: call connected') >= nth && times('GUEST READY') >= nth) return true;
    }
    return false;
  }

  panic(): void {
    this.handset.type('linux', 'echo c >/proc/sysrq-trigger\n');
  }

  /**
   * What the baseband counted. Silence and speech are told apart by asking at least once in each silence, and once in each stretch of speech:
   * then what came since the last time belongs to the part that was, or to that and the next.
   */
  ask(): ModemCounts {
    const counts = askModem(this.handset);
    const silent = counts.silentBefore + counts.silentSince - this.last.silentBefore - this.last.silentSince;
    const spoken = counts.spoken - this.last.spoken;
    const wasSpeaking = this.parts.length % 2 === 0 && this.parts.length > 0;
    if (wasSpeaking) this.add(spoken, true);
    this.add(silent, false);
    if (!wasSpeaking) this.add(spoken, true);
    this.last = counts;
    return counts;
  }

  private add(count: number, isSpeech: boolean): void {
    if (count === 0) return;
    if ((this.parts.length % 2 === 0) === isSpeech && this.parts.length > 0) this.parts[this.parts.length - 1]! += count;
    else this.parts.push(count);
  }
}

/** Linux as it is in a storm, which needs a disk. */
function stormy(cell: CellConfig): CellConfig {
  const { boot, devices } = cell;
  return { ...cell, boot: { ...boot, initrd: withStorm(boot.initrd!) }, devices: [...devices, emptyDisk('storm', 2 ** 20)] };
}
