import type { Outlives, Statement } from '../nodes.ts';
import { dead } from './dead.ts';
import { fold } from './fold.ts';
import { identities } from './identities.ts';
import { reuseReads } from './reads.ts';
import { rewrite, type Rule } from './rewrite.ts';
import { sharing } from './share.ts';
import { strength } from './strength.ts';

/** The same unit with less to do. `outlives`: variables that are read after it. */
export function optimize(statements: readonly Statement[], outlives?: Outlives): Statement[] {
  const { kept, instead } = reuseReads(statements);
  const shared = sharing();
  const rule: Rule = (value, make) =>
    fold(value, make) ?? identities(value, make) ?? strength(value, make) ?? shared(value, make);
  return dead(rewrite(kept, rule, instead), outlives);
}
