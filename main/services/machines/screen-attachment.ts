import { ScreenReader, type Rect } from '../../../emulator/machine/screens.ts';
import type { Peer, ScreenCursor, ScreenPart } from '../../contract/index.ts';

/** How often a screen is looked at: as often as eyes want it. */
const lookMs = 1000 / 40;
/** Pixels of one event, so that the guest's console and other answers come between. */
const maxPixels = 1 << 20;
const maxPendingBytes = 1 << 20;

/** Sends one screen to one peer: what has changed since the last event, and no event before the last one is drawn. */
export class ScreenAttachment {
  readonly #peer: Peer;
  readonly #machine: number;
  readonly #screen: number;
  #reader: ScreenReader | undefined;
  #size = { width: 0, height: 0 };
  /** Changed, and not sent yet. */
  #damage: Rect[] = [];
  #isAwaited = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(peer: Peer, machine: number, screen: number) {
    this.#peer = peer;
    this.#machine = machine;
    this.#screen = screen;
  }

  /** The memory of the run that is shown from now on. */
  show(buffer: SharedArrayBuffer): void {
    this.#reader = new ScreenReader(buffer);
    this.#damage = [];
    this.#look();
  }

  /** The peer has drawn what it got. */
  shown(): void {
    this.#isAwaited = false;
    this.#later();
  }

  /** The run is over, and its last picture stays. */
  flush(): void {
    if (!this.#isAwaited) this.#look();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#reader = undefined;
  }

  #later(): void {
    if (this.#reader) this.#timer ??= setTimeout(() => this.#look(), lookMs);
  }

  #look(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // What is new adds up.
    if (!this.#reader || this.#isAwaited) return;
    if (this.#peer.pendingBytes > maxPendingBytes || !this.#send(this.#reader)) this.#later();
  }

  /** Answers whether there was something to send. */
  #send(reader: ScreenReader): boolean {
    const changes = this.#damage.length === 0 ? reader.changes() : undefined;
    if (changes) {
      this.#size = { width: changes.width, height: changes.height };
      this.#damage = [...changes.damage];
    } else if (this.#damage.length === 0) return false;
    const parts: ScreenPart[] = [];
    for (let pixels = 0; pixels < maxPixels && this.#damage.length > 0;) {
      const rect = this.#damage.shift()!;
      parts.push({ ...rect, rgba: new Uint8ClampedArray(reader.read(rect).rgba.buffer) });
      pixels += rect.width * rect.height;
    }
    const cursor = changes?.cursor && cursorOf(changes.cursor);
    this.#isAwaited = true;
    this.#peer.screen({ machine: this.#machine, screen: this.#screen, ...this.#size, parts, ...(cursor ? { cursor } : {}) });
    return true;
  }
}

function cursorOf({
  visible,
  x,
  y,
  image,
}: NonNullable<NonNullable<ReturnType<ScreenReader['changes']>>['cursor']>): ScreenCursor {
  return { visible, x, y, ...(image ? { image: new Uint8ClampedArray(image.rgba.buffer) } : {}) };
}
