import type { Device, DeviceState, Line } from '../device.ts';
import { primeCellId } from '../primecell.ts';

/** The GPIO PL061 (Arm DDI 0190B): eight pins. Nothing hangs on its outputs; inputs that nobody drives read 0, as on QEMU's `virt`. */
export interface Pl061 extends Device {
  setInput(pin: number, level: boolean): void;
}

const DIR = 0x400;
const RIS = 0x414;
const MIS = 0x418;
const IC = 0x41c;

/** Registers that hold what was written, eight bits each (DDI 0190B 3.2). */
const stored = {
  [DIR]: 'direction',
  0x404: 'sense',
  0x408: 'bothEdges',
  0x40c: 'event',
  0x410: 'mask',
  0x420: 'alternate',
} as const;
const peripheralId = [0x61, 0x10, 0x04, 0x00] as const;

const powerOn = { output: 0, direction: 0, sense: 0, bothEdges: 0, event: 0, mask: 0, alternate: 0, edges: 0 };

export function createPl061({ irq }: { irq: Line }): Pl061 {
  let registers = { ...powerOn };
  /** The levels outside: not ours to reset. */
  let input = 0;

  const data = () => (registers.output & registers.direction) | (input & ~registers.direction);
  /** Edges are held until they are cleared; a level counts for as long as it is there. */
  const raw = () => registers.edges | (registers.sense & ~registers.direction & ~(input ^ registers.event) & 0xff);
  const update = () => irq.set((raw() & registers.mask) !== 0);

  function read(offset: number): number {
    // Address bits 9:2 say which pins are meant.
    if (offset < DIR) return data() & (offset >> 2);
    if (offset === RIS) return raw();
    if (offset === MIS) return raw() & registers.mask;
    const name = stored[offset as keyof typeof stored];
    return name ? registers[name] : (primeCellId(peripheralId, offset) ?? 0);
  }

  function write(offset: number, value: number) {
    const name = stored[offset as keyof typeof stored];
    if (offset < DIR) {
      const pins = (offset >> 2) & registers.direction;
      registers.output = (registers.output & ~pins) | (value & pins);
    } else if (offset === IC) {
      registers.edges &= ~value;
    } else if (name) {
      registers[name] = value & 0xff;
    }
    update();
  }

  return {
    kind: 'pl061',
    read: (offset) => read(offset & ~3),
    write: (offset, _size, value) => write(offset & ~3, value),
    setInput(pin, level) {
      const bit = 1 << pin;
      const changed = ((input & bit) !== 0) !== level;
      input = level ? input | bit : input & ~bit;
      const wanted = registers.bothEdges & bit || ((registers.event & bit) !== 0) === level;
      if (changed && wanted && !((registers.sense | registers.direction) & bit)) registers.edges |= bit;
      update();
    },
    reset() {
      registers = { ...powerOn };
      update();
    },
    save: (): DeviceState => ({ ...registers, input }),
    restore(state) {
      const { input: levels, ...values } = state;
      registers = values as typeof powerOn;
      input = levels as number;
      update();
    },
  };
}
