/** What a person sees, and what reaches Linux, while a PIN is asked for. */
import { pictureOf } from '../../../emulator/machine/picture.ts';
import type { InputRecord, Picture } from '../../../emulator/machine/types.ts';
import type { RunningHandset } from '../support/handset.ts';
import { display } from './entry.ts';

const LOOK_NS = 20e6;

export class Watch {
  coveredPixels = 0;
  pictures = 0;
  changes = 0;
  reportsToLinux = 0;
  private readonly handset: RunningHandset;
  private last = 0;

  constructor(handset: RunningHandset) {
    this.handset = handset;
  }

  /** Looks at the display, while Linux paints, until the secure cell has said that it was asked; `from`: how much it had said before. */
  whilePainted(from: number, ns: number): void {
    const endNs = this.handset.machine.nowNs + ns;
    do this.look();
    while (!this.handset.wait('pin', /asked for|refused/, LOOK_NS, from) && this.handset.machine.nowNs < endNs);
  }

  private look(): void {
    const words = (name: string): Uint32Array => {
      const picture = this.picture(name);
      return new Uint32Array(picture?.rgba.buffer ?? new ArrayBuffer(0));
    };
    const [shown, secure] = [words('display'), words('pin.gpu0')];
    this.pictures++;
    for (let n = 0; n < display.width * display.strip; n++) if (shown[n] !== secure[n]) this.coveredPixels++;
    const middle = shown[(display.height / 2) * display.width]!;
    if (middle !== this.last) this.changes++;
    this.last = middle;
  }

  private picture(name: string): Picture | undefined {
    const { machine } = this.handset;
    return pictureOf(
      machine,
      machine.screens.find((screen) => screen.name === name)!,
    );
  }

  /** All that was put in so far. */
  get reports(): readonly InputRecord[] {
    return this.handset.machine.repetition!.script.replay!;
  }

  /** `from`: how much had been put in before the PIN was typed. */
  entryEnded(from: number): void {
    const { machine } = this.handset;
    const cells = machine.hardware.hosted!.cells;
    const before = cells.slice(
      0,
      cells.findIndex(({ config }) => config.name === 'linux'),
    );
    const first = before.reduce((sum, { hids }) => sum + hids.length, 0);
    this.reportsToLinux += this.reports.slice(from).filter(({ hid }) => hid && hid.device >= first).length;
  }
}
