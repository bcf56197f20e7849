/**
 * A program for two cores that sends itself messages by the ITS: the first core writes them, one after another, and goes on when the one
 * before has been taken. Those of even events come to itself, of odd ones to the second core, which waits. Each mixes the INTIDs that it takes
 * into a word of its own and counts them. In the end the first powers off.
 */
import { commands, VALID } from '../../../emulator/devices/gicv3/its/test-its.ts';
import type { MachineConfig } from '../../../emulator/machine/types.ts';
import { Assembler } from './assembler.ts';

const [GICD, GICR, GITS, TRANSLATER] = [0x0800_0000, 0x080a_0000, 0x0808_0000, 0x0809_0040] as const;
const CODE = 0x4100_0000;
/** For each core: how many it took, and what came of them. */
const DATA = CODE + 0x1_0000;
const QUEUE = CODE + 0x2_0000;
const PROPERTIES = CODE + 0x3_0000;
const [DEVICES, COLLECTIONS, TRANSLATIONS, PENDING] = [0x4200_0000, 0x4201_0000, 0x4202_0000, 0x4204_0000] as const;
const EVENTS = 32;
const [CPU_ON, SYSTEM_OFF] = [0xc400_0003, 0x8400_0008] as const;
const IRQ = 2;
/** Of vectors: an IRQ from the level itself, on its own stack pointer. */
const IRQ_VECTOR = 0x280;

/** Registers that stay: the core's number, and its words in memory. */
const [CORE, WORDS] = [19, 20] as const;

function code(messages: number): Uint8Array {
  const a = new Assembler(CODE);
  const write = (address: number, value: bigint | number): void => {
    a.mov(0, address);
    a.mov(1, value);
    a.str(1, 0);
  };
  a.b('start');
  a.padTo(0x800 + IRQ_VECTOR);
  a.mrs(9, 'ICC_IAR1_EL1');
  a.ldr(10, WORDS, 8);
  a.eor(10, 9, 10, 7);
  a.str(10, WORDS, 8);
  a.increment(WORDS, 0, 11);
  a.msr('ICC_EOIR1_EL1', 9);
  a.eret();

  a.label('start');
  a.mrs(CORE, 'MPIDR_EL1');
  a.bits(CORE, CORE, 0, 8);
  a.mov(WORDS, DATA);
  a.lsl(1, CORE, 4);
  a.add(WORDS, WORDS, 1);
  a.mov(0, CODE + 0x800);
  a.msr('VBAR_EL1', 0);
  // The core's redistributor, with a pending table of its own; then the CPU interface.
  a.mov(0, GICR);
  a.lsl(1, CORE, 17);
  a.add(0, 0, 1);
  a.mov(1, PROPERTIES | 15);
  a.str(1, 0, 0x70);
  a.mov(1, PENDING);
  a.lsl(2, CORE, 16);
  a.add(1, 1, 2);
  a.str(1, 0, 0x78);
  a.mov(1, 1);
  a.strw(1, 0);
  a.mov(1, 0xf0);
  a.msr('ICC_PMR_EL1', 1);
  a.mov(1, 1);
  a.msr('ICC_IGRPEN1_EL1', 1);
  a.daifClear(IRQ);
  a.cbz(CORE, 'first');
  // It says that it is there: with a count of its own that begins behind 0.
  a.mov(1, 1);
  a.str(1, WORDS, 32);
  a.label('wait');
  a.wfi();
  a.b('wait');

  a.label('first');
  a.mov(0, CPU_ON);
  a.mov(1, 1);
  a.mov(2, CODE);
  a.mov(3, 0);
  a.hvc(0);
  a.label('ready');
  a.ldr(1, WORDS, 48);
  a.cbz(1, 'ready');
  write(GICD, 2);
  write(GITS + 0x100, VALID | BigInt(DEVICES));
  write(GITS + 0x108, VALID | BigInt(COLLECTIONS));
  write(GITS + 0x80, VALID | BigInt(QUEUE));
  a.mov(0, GITS);
  a.mov(1, 1);
  a.strw(1, 0);
  a.mov(1, queue().length);
  a.str(1, 0, 0x88);
  a.mov(21, 0);
  a.mov(22, messages);
  a.mov(23, TRANSLATER);
  a.label('send');
  a.bits(1, 21, 0, 5);
  a.strw(1, 23);
  a.addi(21, 21, 1);
  a.label('taken');
  a.ldr(1, WORDS);
  a.ldr(2, WORDS, 16);
  a.add(1, 1, 2);
  a.cmp(1, 21);
  a.bIf('ne', 'taken');
  a.cmp(21, 22);
  a.bIf('ne', 'send');
  a.mov(0, SYSTEM_OFF);
  a.hvc(0);
  return a.bytes();
}

/** The cores have a collection each; device 0 is what a core writes as. */
function queue(): Uint8Array {
  const list = [commands.mapc(0, 0), commands.mapc(1, 1), commands.mapd(0, TRANSLATIONS, 5)];
  for (let event = 0; event < EVENTS; event++) list.push(commands.mapti(0, event, 8192 + event, event % 2));
  return new Uint8Array(BigUint64Array.from(list.flatMap((command) => [0, 1, 2, 3].map((n) => command[n] ?? 0n))).buffer);
}

/** A machine that sends so many. */
export function sendsMessages(messages: number): Partial<MachineConfig> {
  const loads = [
    { name: 'code', bytes: code(messages), address: CODE },
    { name: 'commands', bytes: queue(), address: QUEUE },
    { name: 'configuration', bytes: new Uint8Array(EVENTS).fill(0xa1), address: PROPERTIES },
  ];
  return { cpus: 2, boot: { loads, entry: CODE } };
}

/** How many each core took, and what came of their INTIDs. */
export function messagesTaken(read: (pa: number, into: Uint8Array) => boolean): { count: number; mixed: bigint }[] {
  const bytes = new Uint8Array(32);
  read(DATA, bytes);
  const view = new DataView(bytes.buffer);
  return [0, 16].map((at) => ({ count: Number(view.getBigUint64(at, true)), mixed: view.getBigUint64(at + 8, true) }));
}
