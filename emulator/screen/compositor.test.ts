import { expect, test } from 'vitest';
import { Compositor, type Plane, type Rotation } from './compositor.ts';
import { ScreenReader } from './reader.ts';
import { Surface } from './surface.ts';

/** A picture of one letter a pixel; `.` is black. */
function picture(...rows: string[]): Surface {
  const surface = new Surface();
  surface.setMode(rows[0]!.length, rows.length);
  rows.forEach((row, y) => draw(surface, y, row));
  return surface;
}

function draw(surface: Surface, y: number, row: string): void {
  surface.row(0, y, row.length).set([...row].map((letter) => 0xff00_0000 | (letter === '.' ? 0 : letter.charCodeAt(0))));
  surface.changed({ x: 0, y, width: row.length, height: 1 });
}

const rowsOf = (panel: Surface): string[] =>
  Array.from({ length: panel.height }, (_, y) =>
    [...panel.row(0, y, panel.width)].map((pixel) => String.fromCharCode(pixel & 0xff || 0x2e)).join(''),
  );

const strip = picture('TRUST', 'pin..', '12345');
const below = (surface: Surface): Plane => ({ surface, origin: { x: 0, y: 1 }, area: { x: 0, y: 1, width: 4, height: 2 } });
const onTop: Plane = { surface: strip, origin: { x: 0, y: 0 }, area: { x: 0, y: 0, width: 4, height: 1 } };

test.each<[Rotation, string[]]>([
  [0, ['TRUS', 'abcd', 'ef..']],
  [90, ['eaT', 'fbR', '.cU', '.dS']],
  [180, ['..fe', 'dcba', 'SURT']],
  [270, ['Sd.', 'Uc.', 'Rbf', 'Tae']],
])('planes are beside each other, cut and black where they end; turned by %i', (rotation, rows) => {
  const compositor = new Compositor(new Surface(), { width: 4, height: 3 }, rotation);
  // What the lower one has more is not seen: neither beside the panel nor over the strip.
  compositor.compose([onTop, below(picture('abcdX', 'ef...'))]);
  expect(rowsOf(compositor.panel)).toEqual(rows);
});

test('what changes is copied, and told to who reads the panel; another plane is new as a whole', () => {
  const own = picture('ab', 'cd');
  const compositor = new Compositor(new Surface(), { width: 4, height: 3 }, 0);
  const reader = new ScreenReader(compositor.panel.buffer);
  compositor.compose([onTop, below(own)]);
  expect(reader.changes()?.damage).toHaveLength(1);
  compositor.compose([onTop, below(own)]);
  expect(reader.changes()).toBeUndefined();
  draw(own, 0, 'xy');
  compositor.compose([onTop, below(own)]);
  expect(reader.changes()?.damage).toHaveLength(1);
  expect(rowsOf(compositor.panel)).toEqual(['TRUS', 'xy..', 'cd..']);
  compositor.compose([{ ...onTop, area: { x: 0, y: 0, width: 4, height: 3 } }]);
  expect(rowsOf(compositor.panel)).toEqual(['TRUS', 'pin.', '1234']);
  own.blank();
  compositor.compose([onTop, below(own)]);
  expect(rowsOf(compositor.panel)).toEqual(['TRUS', '....', '....']);
});
