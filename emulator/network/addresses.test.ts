import { expect, test } from 'vitest';
import { formatIpv4, formatMac, ipv4, isGroupMac, isUnicastIpv4, parseIpv4, parseMac, readMac, writeMac } from './addresses.ts';

test('addresses as people write them', () => {
  expect(parseIpv4('10.0.2.15')).toBe(ipv4(10, 0, 2, 15));
  expect(formatIpv4(ipv4(255, 0, 128, 1))).toBe('255.0.128.1');
  expect(parseMac('52:54:00:12:34:56')).toBe(0x5254_0012_3456);
  expect(formatMac(0x0000_0012_3456)).toBe('00:00:00:12:34:56');
  for (const text of ['', '1.2.3', '1.2.3.256', '1.2.3.4.5', 'a.b.c.d', '1.2.3.4 '])
    expect(parseIpv4(text), text).toBeUndefined();
  for (const text of ['', '52:54:00:12:34', '52:54:00:12:34:5g', '525400123456']) expect(parseMac(text), text).toBeUndefined();
});

test('bytes and kinds of addresses', () => {
  const bytes = new Uint8Array(8);
  writeMac(bytes, 1, 0xfedc_ba98_7654);
  expect([...bytes]).toEqual([0, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0]);
  expect(readMac(bytes, 1)).toBe(0xfedc_ba98_7654);
  expect([0x0100_5e00_0001, 0xffff_ffff_ffff, 0x5254_0012_3456].map(isGroupMac)).toEqual([true, true, false]);
  const addresses = [ipv4(0, 0, 0, 0), ipv4(127, 0, 0, 1), ipv4(224, 0, 0, 1), ipv4(255, 255, 255, 255), ipv4(8, 8, 8, 8)];
  expect(addresses.map(isUnicastIpv4)).toEqual([false, false, false, false, true]);
});
