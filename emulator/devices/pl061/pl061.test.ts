import { expect, test } from 'vitest';
import { createPl061 } from './pl061.ts';

const [DATA_ALL, DIR, IS, IBE, IEV, IE, RIS, IC] = [0x3fc, 0x400, 0x404, 0x408, 0x40c, 0x410, 0x414, 0x41c];
const PIN3 = 1 << 3;

function create() {
  const irq = { level: false, set: (level: boolean) => (irq.level = level) };
  return { gpio: createPl061({ irq }), irq };
}

test('the address masks data, and only outputs are written', () => {
  const { gpio } = create();
  gpio.write(DIR, 1, 0x0f);
  gpio.write(0x03 << 2, 1, 0xff);
  expect(gpio.read(DATA_ALL, 1)).toBe(0x03);
  gpio.write(DATA_ALL, 1, 0xf0);
  expect(gpio.read(DATA_ALL, 1)).toBe(0);
  gpio.setInput(4, true);
  expect([gpio.read(DATA_ALL, 1), gpio.read(0x0f << 2, 1)]).toEqual([0x10, 0]);
});

test('the power key interrupts at both edges', () => {
  const { gpio, irq } = create();
  gpio.write(IBE, 1, PIN3);
  gpio.write(IE, 1, PIN3);
  gpio.setInput(3, true);
  expect(irq.level).toBe(true);
  gpio.write(IC, 1, PIN3);
  expect(irq.level).toBe(false);
  gpio.setInput(3, true);
  expect(irq.level).toBe(false);
  gpio.setInput(3, false);
  expect(irq.level).toBe(true);
});

test('one edge only, and levels as long as they last', () => {
  const { gpio } = create();
  gpio.write(IEV, 1, PIN3);
  gpio.setInput(3, true);
  gpio.setInput(3, false);
  expect(gpio.read(RIS, 1)).toBe(PIN3);
  gpio.write(IC, 1, 0xff);
  gpio.setInput(3, true);
  gpio.write(IC, 1, 0xff);
  gpio.write(IS, 1, PIN3);
  expect(gpio.read(RIS, 1)).toBe(PIN3);
  gpio.setInput(3, false);
  expect(gpio.read(RIS, 1)).toBe(0);
});
