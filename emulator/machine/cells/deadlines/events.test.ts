import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventsOfCell, eventsOfDevice } from './events.ts';

const page = readFileSync(new URL('../../../../resources/docs/how-to/run-several-cells.md', import.meta.url), 'utf8');

test('the page about cells has every event', () => {
  const missing = [...eventsOfCell(true).keys(), ...eventsOfDevice('radio').keys()].filter(
    (event) => !page.includes(`.${event}\``) && !page.includes(`\`${event}\``),
  );
  expect(missing).toEqual([]);
  expect(eventsOfCell(false).has('frame-task')).toBe(false);
  expect([...eventsOfDevice('pl061').keys()]).toEqual(['irq']);
});
