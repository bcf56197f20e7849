import { expect, test } from 'vitest';
import { createPl011 } from './pl011.ts';

const [DR, FR, LCR_H, CR, IMSC, RIS, MIS, ICR] = [0x00, 0x18, 0x2c, 0x30, 0x38, 0x3c, 0x40, 0x44];
const [RX, TX, RT] = [1 << 4, 1 << 5, 1 << 6];
const [RXFE, RXFF] = [1 << 4, 1 << 6];
const FEN = 1 << 4;

function create() {
  const sent: number[] = [];
  const irq = { level: false, set: (level: boolean) => (irq.level = level) };
  const uart = createPl011({ irq, onTransmit: (byte) => sent.push(byte) });
  return { uart, irq, sent };
}
const text = (value: string) => new TextEncoder().encode(value);

test('transmits at once and says that there is room again', () => {
  const { uart, irq, sent } = create();
  uart.write(IMSC, 2, TX);
  expect(irq.level).toBe(false);
  uart.write(DR, 1, 0x141);
  expect(sent).toEqual([0x41]);
  expect(irq.level).toBe(true);
  uart.write(ICR, 2, TX);
  expect(irq.level).toBe(false);
});

test('one character raises RX and RT, and reading it clears both', () => {
  const { uart, irq } = create();
  uart.write(LCR_H, 4, FEN);
  uart.write(IMSC, 4, RT);
  uart.receive(text('a'));
  expect(irq.level).toBe(true);
  expect(uart.read(RIS, 4)).toBe(RX | RT);
  expect(uart.read(MIS, 4)).toBe(RT);
  expect(uart.read(DR, 4)).toBe(0x61);
  expect(irq.level).toBe(false);
  expect(uart.read(FR, 4) & RXFE).toBe(RXFE);
});

test('what the FIFO cannot take follows as the guest reads', () => {
  const { uart } = create();
  uart.write(LCR_H, 4, FEN);
  const line = 'the quick brown fox jumps over the lazy dog';
  uart.receive(text(line));
  expect(uart.read(FR, 4) & RXFF).toBe(RXFF);
  let seen = '';
  while (!(uart.read(FR, 4) & RXFE)) seen += String.fromCharCode(uart.read(DR, 4));
  expect(seen).toBe(line);
});

test('without the FIFO there is room for one character', () => {
  const { uart } = create();
  uart.receive(text('ab'));
  expect(uart.read(FR, 4) & RXFF).toBe(RXFF);
  expect([uart.read(DR, 4), uart.read(DR, 4)]).toEqual([0x61, 0x62]);
});

test('switching the FIFO loses what it held, not what waits', () => {
  const { uart } = create();
  uart.receive(text('ab'));
  uart.write(LCR_H, 4, FEN);
  expect(uart.read(DR, 4)).toBe(0x62);
});

test('loops back', () => {
  const { uart, sent } = create();
  uart.write(CR, 4, 0x381);
  uart.write(DR, 4, 0x55);
  expect(sent).toEqual([]);
  expect(uart.read(DR, 4)).toBe(0x55);
});

test('identifies itself as r1p4', () => {
  const { uart } = create();
  const ids = [0xfe0, 0xfe4, 0xfe8, 0xfec, 0xff0, 0xff4, 0xff8, 0xffc].map((offset) => uart.read(offset, 4));
  expect(ids).toEqual([0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1]);
});
