import type { HandsAction } from '../../../main/contract/index.ts';

/** A place in the picture, as parts of its width and height. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** What is read of the DOM's events. */
export interface PointerLike {
  readonly pointerType: string;
  readonly pointerId: number;
}

const buttons = ['left', 'middle', 'right', 'side', 'extra'] as const;
/** As many as the contract has numbers for. */
const FINGERS = 10;
/** What a browser has as one step of a wheel. */
const WHEEL_STEP = 100;

/**
 * Turns what the browser tells of keys, pointers and fingers to what the machine takes. It knows what is held down, so that nothing stays so when the
 * focus goes. Moves are kept until `flush`, which is called once for each picture that the display shows.
 */
export class Hands {
  private readonly send: (actions: HandsAction[]) => void;
  private readonly keys = new Set<string>();
  private readonly held = new Set<(typeof buttons)[number]>();
  private readonly fingers = new Map<number, number>();
  private moves = new Map<string, HandsAction>();
  private wheelRest = 0;

  constructor(send: (actions: HandsAction[]) => void) {
    this.send = send;
  }

  key(code: string, down: boolean): void {
    // The guest repeats keys by itself.
    if (code === '' || this.keys.has(code) === down) return;
    if (down) this.keys.add(code);
    else this.keys.delete(code);
    this.now({ kind: 'key', code, down });
  }

  /** The pointer or a finger is somewhere else. */
  move(pointer: PointerLike, place: Place): void {
    if (pointer.pointerType !== 'touch') this.moves.set('point', { kind: 'point', ...place });
    const contact = this.fingers.get(pointer.pointerId);
    if (contact !== undefined) this.moves.set(`touch ${contact}`, { kind: 'touch', contact, ...place });
  }

  /** The pointer, which is caught, was moved by that much. */
  moveBy(dx: number, dy: number): void {
    const before = this.moves.get('move');
    const sum = before?.kind === 'move' ? before : { dx: 0, dy: 0 };
    this.moves.set('move', { kind: 'move', dx: limited(sum.dx + dx), dy: limited(sum.dy + dy) });
  }

  press(pointer: PointerLike & { readonly button: number }, place: Place | undefined): void {
    if (pointer.pointerType === 'touch') {
      const contact = this.freeContact();
      if (contact === undefined || !place) return;
      this.fingers.set(pointer.pointerId, contact);
      return this.now({ kind: 'touch', contact, ...place });
    }
    const button = buttons[pointer.button];
    if (button === undefined) return;
    this.held.add(button);
    this.now(...(place ? [{ kind: 'point', ...place } as const] : []), { kind: 'button', button, down: true });
  }

  release(pointer: PointerLike & { readonly button: number }): void {
    const contact = this.fingers.get(pointer.pointerId);
    if (contact !== undefined) {
      this.fingers.delete(pointer.pointerId);
      return this.now({ kind: 'lift', contact });
    }
    const button = buttons[pointer.button];
    if (button !== undefined && this.held.delete(button)) this.now({ kind: 'button', button, down: false });
  }

  /** `delta` as WheelEvent has it: positive towards the person. */
  wheel(delta: number): void {
    this.wheelRest -= delta / WHEEL_STEP;
    const steps = Math.trunc(this.wheelRest);
    this.wheelRest -= steps;
    if (steps !== 0) this.now({ kind: 'wheel', steps: limited(steps) });
  }

  /** Sends moves that are kept. */
  flush(): void {
    if (this.moves.size > 0) this.now();
  }

  /** Lets go of all that is held down. */
  releaseAll(): void {
    const up: HandsAction[] = [
      ...[...this.keys].map((code) => ({ kind: 'key', code, down: false }) as const),
      ...[...this.held].map((button) => ({ kind: 'button', button, down: false }) as const),
      ...[...this.fingers.values()].map((contact) => ({ kind: 'lift', contact }) as const),
    ];
    this.keys.clear();
    this.held.clear();
    this.fingers.clear();
    if (up.length > 0) this.now(...up);
  }

  /** What moved before happened before. */
  private now(...actions: HandsAction[]): void {
    const all = [...this.moves.values(), ...actions];
    this.moves = new Map();
    this.send(all);
  }

  private freeContact(): number | undefined {
    const used = new Set(this.fingers.values());
    return Array.from({ length: FINGERS }, (_, n) => n).find((n) => !used.has(n));
  }
}

const limited = (steps: number): number => Math.max(-0x8000, Math.min(0x7fff, Math.round(steps)));
