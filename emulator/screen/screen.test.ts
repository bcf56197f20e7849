import { describe, expect, test } from 'vitest';
import { ScreenReader } from './reader.ts';
import { Surface } from './surface.ts';

const noPlace = { visible: true, x: -3, y: 4, hotX: 1, hotY: 2 };

describe('a screen in shared memory', () => {
  test('shows nothing at first', () => {
    const reader = new ScreenReader(new Surface().buffer);
    expect([reader.changes(), reader.picture()]).toEqual([undefined, undefined]);
  });

  test('tells each reader what is new to it, in rows of tiles', () => {
    const surface = new Surface();
    const [early, late] = [new ScreenReader(surface.buffer), new ScreenReader(surface.buffer)];
    surface.setMode(200, 100);
    const whole = [
      { x: 0, y: 0, width: 200, height: 64 },
      { x: 0, y: 64, width: 200, height: 36 },
    ];
    expect(early.changes()).toEqual({ width: 200, height: 100, isResized: true, damage: whole });
    expect(early.changes()).toBeUndefined();
    surface.changed({ x: 70, y: 63, width: 60, height: 2 });
    surface.changed({ x: 199, y: 0, width: 1, height: 1 });
    const parts = [
      { x: 64, y: 0, width: 136, height: 64 },
      { x: 64, y: 64, width: 128, height: 36 },
    ];
    expect(early.changes()).toEqual({ width: 200, height: 100, isResized: false, damage: parts });
    expect(late.changes()).toMatchObject({ isResized: true, damage: whole });
    expect(late.changes()).toBeUndefined();
  });

  test('is read as red, green, blue, alpha', () => {
    const surface = new Surface();
    surface.setMode(2, 2);
    surface.row(1, 1, 1)[0] = 0xff01_0203;
    const reader = new ScreenReader(surface.buffer);
    expect([...reader.picture()!.rgba]).toEqual([0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3, 255]);
    expect([...reader.read({ x: 1, y: 1, width: 1, height: 1 }).rgba]).toEqual([1, 2, 3, 255]);
    expect([...reader.read({ x: 1, y: 1, width: 2, height: 1 }).rgba], 'outside').toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('begins black with every other size, and keeps the picture with the same', () => {
    const surface = new Surface();
    const reader = new ScreenReader(surface.buffer);
    surface.setMode(1, 1);
    surface.row(0, 0, 1)[0] = 0xffff_ffff;
    surface.setMode(1, 1);
    expect([...reader.picture()!.rgba]).toEqual([255, 255, 255, 255]);
    surface.blank();
    expect(reader.changes()).toMatchObject({ width: 0, height: 0, isResized: true, damage: [] });
    surface.setMode(1, 1);
    expect([...reader.picture()!.rgba]).toEqual([0, 0, 0, 255]);
  });

  test('has a cursor, whose image is told once', () => {
    const surface = new Surface();
    const reader = new ScreenReader(surface.buffer);
    surface.setCursor(noPlace, new Uint32Array(64 * 64).fill(0x8001_0203));
    const { cursor } = reader.changes()!;
    expect(cursor).toMatchObject({ ...noPlace, image: { width: 64, height: 64 } });
    expect([...cursor!.image!.rgba.subarray(0, 4)]).toEqual([1, 2, 3, 0x80]);
    surface.setCursor({ ...noPlace, x: 5 });
    expect(reader.changes()).toEqual({ width: 0, height: 0, isResized: false, damage: [], cursor: { ...noPlace, x: 5 } });
    surface.changed({ x: 0, y: 0, width: 0, height: 0 });
    expect(reader.changes()!.cursor).toBeUndefined();
  });

  test('knows that somebody looks', () => {
    const surface = new Surface();
    expect(surface.takeLookedAt()).toBe(false);
    new ScreenReader(surface.buffer).changes();
    expect([surface.takeLookedAt(), surface.takeLookedAt()]).toEqual([true, false]);
  });
});
