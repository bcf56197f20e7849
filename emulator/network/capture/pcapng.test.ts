import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needs } from '../../../tests/support/packages.ts';
import { buildArp } from '../packets/arp.ts';
import { buildEthernet, etherTypes } from '../packets/ethernet.ts';
import { capturedFrame, captureHeader } from './pcapng.ts';

const arp = buildArp({
  operation: 'request',
  senderMac: 0x5254_0012_3456,
  sender: 0x0a00_020f,
  targetMac: 0,
  target: 0x0a00_0202,
});
const frame = buildEthernet({ destination: 0xffff_ffff_ffff, source: 0x5254_0012_3456, etherType: etherTypes.arp, payload: arp });
const second = 1_767_225_600n * 1_000_000_000n;
const capture = [
  captureHeader(['eth0', 'eth1']),
  capturedFrame(0, second + 1n, 'out', frame),
  capturedFrame(1, second + 1_500_000_002n, 'in', frame.subarray(0, 41)),
];

test('blocks are of whole words, and say their length twice', () => {
  for (const bytes of capture) {
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < bytes.length;) {
      const length = view.getUint32(at + 4, true);
      expect([length % 4, view.getUint32(at + length - 4, true)]).toEqual([0, length]);
      at += length;
    }
  }
});

test.skipIf(needs('tshark'))('Wireshark reads it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
  try {
    const file = join(folder, 'capture.pcapng');
    writeFileSync(file, Buffer.concat(capture));
    const fields = [
      'frame.time_epoch',
      'frame.interface_name',
      'frame.packet_flags_direction',
      'frame.len',
      'arp.dst.proto_ipv4',
    ];
    const args = ['-r', file, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])];
    const { stdout, status } = spawnSync('tshark', args, { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(
      stdout
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => line.split('\t')),
    ).toEqual([
      ['1767225600.000000001', 'eth0', '0x00000002', '42', '10.0.2.2'],
      ['1767225601.500000002', 'eth1', '0x00000001', '41', ''],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
