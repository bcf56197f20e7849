import type { Clock, DeviceState } from '../../device.ts';
import type { Chain } from '../chain.ts';
import type { Queue, Transport, VirtioDevice } from '../device.ts';
import { anyInput, anyOutput, channelMapItems, jackItems, onlyInput, streamItem } from './items.ts';
import { EVT_PCM_XRUN, rates, request, sampleFormats, status, words, type FrameFormat, type SampleFormat } from './protocol.ts';
import { Stream } from './stream.ts';

/** A sound card (virtio 1.2 §5.14) with a speaker and a microphone. Its streams last as long in virtual time as they would by the clock. */
export interface VirtioSoundOptions {
  clock: Clock;
  /** Frames were played, interleaved as the format has them: the bytes are the receiver's to keep. */
  onPlayed(bytes: Uint8Array, format: FrameFormat): void;
  /** What the microphone hears, from the first recording on; silence when absent, and behind it. */
  input?: { readonly format: FrameFormat; readonly bytes: Uint8Array } | undefined;
  /** Virtual time from a control request to its answer. */
  latencyNs?: number;
}

const [CONTROL, EVENT, TRANSMIT, RECEIVE] = [0, 1, 2, 3];
const QUEUE_SIZE = 64;
/** Events that wait for buffers; more are lost. */
const MAX_EVENTS = 16;
const MAX_REQUEST = 64;
/** Of what a driver knows of an item. */
const MAX_ITEM = 256;

export function createVirtioSound({ clock, onPlayed, input, latencyNs = 1000 }: VirtioSoundOptions): VirtioDevice {
  let transport: Transport | undefined;
  let events: Uint8Array[] = [];
  /** Bytes of the recording that were given. */
  let heard = 0;
  const xrun = (stream: number) => () => {
    if (events.length < MAX_EVENTS) events.push(words(EVT_PCM_XRUN, stream));
    if (transport) tell(transport.queue(EVENT));
  };
  const output = new Stream(0, anyOutput, clock, { played: onPlayed, xrun: xrun(0) });
  const microphone = new Stream(1, input ? onlyInput(input.format) : anyInput, clock, { record, xrun: xrun(1) });
  const streams = [output, microphone];
  const items: Readonly<Record<number, readonly Uint8Array[]>> = {
    [request.JACK_INFO]: jackItems,
    [request.PCM_INFO]: streams.map(({ abilities }) => streamItem(abilities)),
    [request.CHMAP_INFO]: channelMapItems,
  };

  function record(count: number): Uint8Array {
    const bytes = input?.bytes.subarray(heard, heard + count) ?? new Uint8Array();
    heard += bytes.length;
    return bytes;
  }

  function tell(queue: Queue) {
    let count = 0;
    for (const event of events) {
      const chain = queue.take();
      if (!chain) break;
      if (!chain.write(0, event)) return queue.fail();
      queue.complete(chain, event.length, latencyNs);
      count++;
    }
    events.splice(0, count);
  }

  function control(queue: Queue) {
    for (let chain = queue.take(); chain; chain = queue.take()) {
      const asked = new DataView(new ArrayBuffer(MAX_REQUEST));
      const length = Math.min(chain.readable, MAX_REQUEST);
      if (!chain.read(0, new Uint8Array(asked.buffer, 0, length)) || chain.writable < 4) return queue.fail();
      const { code, payload = [] } = answer(asked, length, chain);
      let written = 4;
      for (const item of payload) {
        if (!chain.write(written, item)) return queue.fail();
        written += item.length;
      }
      if (!chain.write(0, words(code))) return queue.fail();
      queue.complete(chain, written, latencyNs);
    }
  }

  /** §5.14.6: what is too short, or names what is not there, is malformed. */
  function answer(asked: DataView, length: number, chain: Chain): { code: number; payload?: readonly Uint8Array[] } {
    const word = (n: number) => asked.getUint32(4 * n, true);
    const code = length < 4 ? 0 : word(0);
    const known = items[code];
    if (known) return length < 16 ? { code: status.BAD_MSG } : information(known, word(1), word(2), word(3), chain.writable);
    const stream = streams[word(1)];
    const isOfStream = code >= request.PCM_SET_PARAMS && code <= request.PCM_STOP;
    if (!isOfStream) return { code: status.NOT_SUPP };
    if (!stream || length < 8) return { code: status.BAD_MSG };
    switch (code) {
      case request.PCM_SET_PARAMS:
        return { code: length < 24 ? status.BAD_MSG : setParameters(stream, asked) };
      case request.PCM_PREPARE:
        return { code: stream.go('prepare') };
      case request.PCM_RELEASE:
        return { code: stream.go('release') };
      case request.PCM_START:
        return { code: stream.go('start') };
      default:
        return { code: stream.go('stop') };
    }
  }

  return {
    id: 25,
    features: 0n,
    queueSizes: [QUEUE_SIZE, QUEUE_SIZE, QUEUE_SIZE, QUEUE_SIZE],
    config: words(jackItems.length, streams.length, channelMapItems.length),
    attach(given) {
      transport = given;
      output.attach(given.queue(TRANSMIT));
      microphone.attach(given.queue(RECEIVE));
    },
    notify(queue, index) {
      if (index === CONTROL) control(queue);
      else if (index === EVENT) tell(queue);
      else (index === TRANSMIT ? output : microphone).advance();
    },
    // A recording goes on where it was.
    reset() {
      events = [];
      for (const stream of streams) stream.reset();
    },
    save: (): DeviceState => ({
      heard,
      events: events.map((event) => event.slice()),
      streams: streams.map((stream) => stream.save()),
    }),
    restore(state) {
      heard = state['heard'] as number;
      events = (state['events'] as Uint8Array[]).map((event) => event.slice());
      (state['streams'] as DeviceState[]).forEach((each, n) => streams[n]?.restore(each));
    },
  };
}

function information(known: readonly Uint8Array[], first: number, count: number, size: number, room: number) {
  const wanted = known.slice(first, first + count);
  if (wanted.length !== count || size > MAX_ITEM || 4 + count * size > room) return { code: status.BAD_MSG };
  // Drivers of other versions know more or fewer fields (§5.14.6.1).
  const payload = wanted.map((item) => {
    const cut = new Uint8Array(size);
    cut.set(item.subarray(0, size));
    return cut;
  });
  return { code: status.OK, payload };
}

function setParameters(stream: Stream, asked: DataView): number {
  const [channels, format, rate] = [asked.getUint8(20), asked.getUint8(21), asked.getUint8(22)];
  const sample = (Object.keys(sampleFormats) as SampleFormat[]).find((name) => sampleFormats[name].code === format);
  return stream.setParameters({
    ...{ bytes: asked.getUint32(8, true), period: asked.getUint32(12, true), features: asked.getUint32(16, true) },
    format: { channels, ...(sample ? { sample } : {}), ...(rates[rate] === undefined ? {} : { rate: rates[rate] }) },
  });
}
