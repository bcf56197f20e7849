import type { HandsAction, Peer, ScreenPart } from '../../../main/contract/index.ts';

const [WIDTH, HEIGHT] = [360, 640];
const BRUSH = 6;
const colours = [
  [77, 184, 255],
  [67, 197, 158],
  [224, 175, 75],
  [255, 107, 107],
] as const;
const eachMs = 40;

/** A sheet on which hands draw; each key gives another colour. Beside them a band goes up and down, so that there is always something new. */
export class FakeScreen {
  readonly #machine: number;
  readonly #sheet = new Uint8ClampedArray(4 * WIDTH * HEIGHT);
  readonly #peers = new Map<Peer, ReturnType<typeof setTimeout> | undefined>();
  #colour = 0;
  #band = 0;
  #at = { x: 0.5, y: 0.5 };
  #isDown = false;

  constructor(machine: number) {
    this.#machine = machine;
    for (let y = 0; y < HEIGHT; y++) for (let x = 0; x < WIDTH; x++) this.#put(x, y, [18 + y / 20, 22 + y / 12, 40 + x / 6]);
  }

  attach(peer: Peer): void {
    this.detach(peer);
    this.#peers.set(peer, undefined);
    this.#send(peer);
  }

  /** Draws on, a little later. */
  shown(peer: Peer): void {
    if (!this.#peers.has(peer)) return;
    const timer = setTimeout(() => {
      this.#band = (this.#band + 3) % HEIGHT;
      this.#send(peer);
    }, eachMs);
    this.#peers.set(peer, timer);
  }

  detach(peer: Peer): void {
    clearTimeout(this.#peers.get(peer));
    this.#peers.delete(peer);
  }

  act(actions: readonly HandsAction[]): void {
    for (const action of actions) {
      if (action.kind === 'key' && action.down) this.#colour = (this.#colour + 1) % colours.length;
      if (action.kind === 'point' || action.kind === 'touch') this.#at = { x: action.x, y: action.y };
      if (action.kind === 'button') this.#isDown = action.down;
      if (this.#isDown || action.kind === 'touch') this.#dot();
    }
  }

  end(): void {
    for (const peer of this.#peers.keys()) this.detach(peer);
  }

  #dot(): void {
    const [cx, cy] = [Math.round(this.#at.x * WIDTH), Math.round(this.#at.y * HEIGHT)];
    for (let y = cy - BRUSH; y <= cy + BRUSH; y++)
      for (let x = cx - BRUSH; x <= cx + BRUSH; x++)
        if ((x - cx) ** 2 + (y - cy) ** 2 <= BRUSH ** 2 && x >= 0 && x < WIDTH && y >= 0 && y < HEIGHT)
          this.#put(x, y, colours[this.#colour]!);
  }

  #put(x: number, y: number, colour: readonly [number, number, number]): void {
    this.#sheet.set([...colour, 255], 4 * (y * WIDTH + x));
  }

  #send(peer: Peer): void {
    const rgba = this.#sheet.slice();
    rgba.fill(255, 4 * WIDTH * this.#band, 4 * WIDTH * (this.#band + 2));
    const part: ScreenPart = { x: 0, y: 0, width: WIDTH, height: HEIGHT, rgba };
    peer.screen({ machine: this.#machine, screen: 0, width: WIDTH, height: HEIGHT, parts: [part] });
  }
}
