import type { Outlives, Statement } from '../nodes.ts';
import { dead } from './dead.ts';
import { fold } from './fold.ts';
import { identities } from './identities.ts';
import { rewrite, type Rule } from './rewrite.ts';
import { share } from './share.ts';
import { strength } from './strength.ts';

const simplify: Rule = (value, make) => fold(value, make) ?? identities(value, make) ?? strength(value, make);

/** The same unit with less to do. `outlives`: variables that are read after it. */
export function optimize(statements: readonly Statement[], outlives?: Outlives): Statement[] {
  return dead(share(rewrite(statements, simplify)), outlives);
}
