/** Why exceptions cannot be handled: what is wrong with the vectors, or with what they lead to. */
import { translate } from '../translation/walk.ts';
import { hex } from '../views.ts';
import type { Taken } from './death.ts';
import { instructionAt, type Facts } from './facts.ts';

/** What is wrong with a vector, as the end of a sentence; `undefined` where it holds code that can be fetched. */
export function vectorProblem(facts: Facts): { text: string; hint?: string } | undefined {
  const { death, vector } = facts;
  const el = Math.max(death.core.get32('EL'), 1);
  const base = death.core.get64(`VBAR_EL${el}`);
  const problem = unusable(facts, el);
  if (!problem) return undefined;
  const register = `VBAR_EL${el}`;
  if (base === 0n)
    return {
      text: `${register} was never set: the vector at ${hex(vector)} ${problem}`,
      hint: `set ${register} before anything can fault`,
    };
  const cut = cutOff(facts, base);
  if (cut) {
    const text = `${register} is ${hex(base)}, but ${cut.name} is at ${hex(cut.address)}: bits 10:0 of ${register} are 0, so its vectors must be aligned to 2 KiB`;
    return { text, hint: `.balign 2048 before ${cut.name}` };
  }
  return {
    text: `${register} is ${hex(base)}: the vector at ${hex(vector)} ${problem}`,
    hint: `is ${register} the address of the vectors as they are mapped now?`,
  };
}

function unusable({ death, vector }: Facts, el: number): string | undefined {
  const { core, memory, paBits } = death;
  const { pa, stages } = translate(core, memory, paBits, vector, el, { access: 'execute', user: false });
  const fault = stages.at(-1)?.fault;
  if (fault) return `cannot be fetched: ${fault.reason}`;
  const kind = pa === undefined ? undefined : memory.describe(pa);
  if (kind === undefined) return 'is where no memory is';
  const instruction = instructionAt(death, vector, el);
  if (!instruction) return `is in a device, ${kind}`;
  if (instruction.word === 0) return 'holds zeroes, no code';
  if (instruction.text === undefined || instruction.text.startsWith('udf '))
    return `holds ${hex(instruction.word)}, no instruction`;
  return undefined;
}

/** A symbol just above VBAR with the name of a vector table: the lowest bits were cut off. */
function cutOff({ death }: Facts, base: bigint): { name: string; address: bigint } | undefined {
  for (const name of vectorNames) {
    const address = death.symbols.find(name);
    if (address !== undefined && address > base && address - base < 0x800n) return { name, address };
  }
  return undefined;
}

const vectorNames = [
  'vectors',
  'vector_table',
  '_vector_table',
  'exception_vectors',
  'exception_vector_table',
  '_vectors',
  '__vectors',
  'vector',
];

/** Whether the exception that repeats itself is raised by a vector itself, at its first instruction. */
export function isAtVector({ vector }: Facts, last: Taken): boolean {
  return last.elr % 0x80n === 0n && last.elr - (vector - (vector % 0x800n)) < 0x800n;
}
