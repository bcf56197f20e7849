/** The guess at what a guest died of: rules, the most particular first. */
import { cause, type Cause, type Rule } from './cause.ts';
import { factsOf, isCallClass, type Facts } from './facts.ts';
import { alignment, data, jumps, noIdentityMap, stack, tables, wrongGranule } from './rules/memory.ts';
import { breakpoint, fpTrapped, illegalReturn, stackAlignment, trapped, undefinedInstruction } from './rules/state.ts';
import { stage2Fault, stage2Off } from './rules/stage2.ts';
import { vectorProblem } from './vectors.ts';

/** What an operating system answers and goes on from: if it dies of one, its answer is what is wrong. */
const isCall = ({ syndrome, interrupt }: Facts): boolean => interrupt !== undefined || isCallClass(syndrome?.ec ?? -1);

const unanswered: Rule = (facts) => {
  if (!isCall(facts)) return undefined;
  const what = facts.interrupt ? `an ${facts.interrupt}` : (facts.instruction?.text ?? facts.syndrome?.name ?? 'an exception');
  const problem = vectorProblem(facts);
  if (problem) return cause('vector-base', `${what} could not be taken: ${problem.text}`, problem.hint);
  const { death } = facts;
  if (!death.hopeless)
    return cause('unknown', `${what}, which the guest has asked for or has to answer: nothing is wrong with it`);
  const inner = guess(factsOf(death, death.last));
  return cause('handler-fails', `the handler of ${what} fails itself: ${inner.headline}`, inner.hint);
};

const rules: readonly Rule[] = [
  ...[unanswered, illegalReturn, fpTrapped, stackAlignment, breakpoint, trapped, alignment],
  ...[stage2Fault, stage2Off, wrongGranule, tables, noIdentityMap, jumps, stack, data, undefinedInstruction],
];

/** Always answers something: where no rule speaks, the manual's name of the exception. */
export function guess(facts: Facts): Cause {
  for (const rule of rules) {
    const found = rule(facts);
    if (found) return found;
  }
  return cause('unknown', facts.syndrome?.name ?? facts.interrupt ?? 'an exception');
}
