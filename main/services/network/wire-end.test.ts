import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import { FrameReader, WireEnd } from './wire-end.ts';

const frame = (...bytes: number[]) => Uint8Array.from(bytes);

test('frames are found wherever the stream is cut', () => {
  const stream = Buffer.from([0, 0, 0, 2, 7, 8, 0, 0, 0, 1, 9, 0, 0]);
  for (let cut = 0; cut <= stream.length; cut++) {
    const reader = new FrameReader();
    const frames = [...reader.feed(stream.subarray(0, cut))!, ...reader.feed(stream.subarray(cut))!];
    expect(frames, `cut at ${cut}`).toEqual([frame(7, 8), frame(9)]);
  }
  expect(new FrameReader().feed(Buffer.from([1, 0, 0, 0]))).toBeUndefined();
});

test('two ends exchange frames; the one that listens may get another peer', async () => {
  const [atListener, atCaller] = [vi.fn(), vi.fn()];
  const listener = await WireEnd.open({ kind: 'listen', host: '127.0.0.1', port: 0 }, atListener);
  const port = listener.port!;
  listener.send(frame(0));
  const caller = await WireEnd.open({ kind: 'connect', host: '127.0.0.1', port }, atCaller);
  caller.send(frame(1, 2));
  await vi.waitFor(() => expect(atListener).toHaveBeenCalledWith(frame(1, 2)));
  listener.send(frame(3));
  await vi.waitFor(() => expect(atCaller.mock.calls).toEqual([[frame(3)]]));
  // A second peer at a time is turned away.
  const third = connect(port, '127.0.0.1');
  await once(third, 'close');
  caller.close();
  await vi.waitFor(async () => {
    const again = await WireEnd.open({ kind: 'connect', host: '127.0.0.1', port }, atCaller);
    again.send(frame(4));
    await vi.waitFor(() => expect(atListener).toHaveBeenCalledWith(frame(4)), { timeout: 200 });
    again.close();
  });
  listener.close();
});

test('a peer that speaks something else is left', async () => {
  const listener = await WireEnd.open({ kind: 'listen', host: '127.0.0.1', port: 0 }, () => {});
  const socket = connect(listener.port!, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\n\r\n');
  await once(socket, 'close');
  listener.close();
});

test('nobody there is told', async () => {
  const listener = await WireEnd.open({ kind: 'listen', host: '127.0.0.1', port: 0 }, () => {});
  const port = listener.port!;
  listener.close();
  await expect(WireEnd.open({ kind: 'connect', host: '127.0.0.1', port }, () => {})).rejects.toThrow(
    /^socket,connect=127.0.0.1:\d+: .*ECONNREFUSED/,
  );
});
