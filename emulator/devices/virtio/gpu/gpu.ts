import type { Surface } from '../../../screen/surface.ts';
import type { DeviceState, DeviceValue, Dma } from '../../device.ts';
import type { Chain } from '../chain.ts';
import type { Queue, Transport, VirtioDevice } from '../device.ts';
import { controlCommands, CURSOR_COMMAND_BYTES, runCursorCommand, type GpuContext } from './commands.ts';
import { encodeAnswer, HEADER_BYTES, response, type Answer } from './protocol.ts';
import { Resources } from './resources.ts';
import { Scanout } from './scanout.ts';

/** A graphics card that shows pictures and computes none (virtio 1.2 §5.7, without 3D and blobs). */
export interface VirtioGpuOptions {
  dma: Dma;
  /** One for each output, up to 16, with the size that its monitor prefers. */
  outputs: readonly { surface: Surface; width: number; height: number }[];
  /** Monitors tell about themselves. */
  edid?: boolean;
  /** Virtual time from the notification to the answer. The same for all commands, so that they end in their order. */
  latencyNs?: number;
}

export interface VirtioGpu extends VirtioDevice {
  /** The monitor of an output prefers another size from now on; its driver is told. */
  resize(output: number, width: number, height: number): void;
}

const F_EDID = 1n << 1n;
const [CONTROL_SIZE, CURSOR_SIZE] = [256, 16];
const CONTROL = 0;
const EVENT_DISPLAY = 1;
/** §5.7.4: events_read, events_clear, num_scanouts, num_capsets. */
const CONFIG_BYTES = 16;
const [EVENTS_READ, EVENTS_CLEAR, NUM_SCANOUTS] = [0, 4, 8];

export function createVirtioGpu({ dma, outputs, edid = true, latencyNs = 10_000 }: VirtioGpuOptions): VirtioGpu {
  const scanouts = outputs.map(({ surface, width, height }) => new Scanout(surface, { width, height }));
  const resources = new Resources();
  const context: GpuContext = { dma, resources, scanouts, edid };
  const config = new Uint8Array(CONFIG_BYTES);
  config[NUM_SCANOUTS] = scanouts.length;
  let transport: Transport | undefined;

  function control(chain: Chain): Uint8Array | undefined {
    const header = readRequest(chain, HEADER_BYTES);
    if (!header) return undefined;
    const known = controlCommands[header.getUint32(0, true)];
    const request = known && readRequest(chain, known.bytes);
    return encodeAnswer(header, request ? known.run(context, request, chain) : unspecified);
  }

  function cursor(chain: Chain): Uint8Array | undefined {
    const request = readRequest(chain, CURSOR_COMMAND_BYTES);
    return request && encodeAnswer(request, runCursorCommand(context, request));
  }

  return {
    id: 16,
    features: edid ? F_EDID : 0n,
    queueSizes: [CONTROL_SIZE, CURSOR_SIZE],
    config,
    attach: (given) => (transport = given),
    notify(queue: Queue, index: number) {
      const execute = index === CONTROL ? control : cursor;
      for (let chain = queue.take(); chain; chain = queue.take()) {
        const answer = execute(chain);
        // Drivers leave no room for answers about the cursor.
        const part = answer?.subarray(0, chain.writable);
        if (!part || !chain.write(0, part)) return queue.fail();
        queue.complete(chain, part.length, latencyNs);
      }
    },
    writeConfig(offset, value) {
      if (offset >= EVENTS_CLEAR && offset < EVENTS_CLEAR + 4) config[offset - EVENTS_CLEAR + EVENTS_READ]! &= ~value;
    },
    resize(output, width, height) {
      const scanout = scanouts[output];
      if (!scanout) return;
      scanout.preferred = { width, height };
      config[EVENTS_READ]! |= EVENT_DISPLAY;
      transport?.configChanged();
    },
    // Monitors stay connected as they are.
    reset() {
      resources.clear();
      for (const scanout of scanouts) scanout.reset();
      config[EVENTS_READ] = 0;
    },
    save: (): DeviceState => ({
      ...{ events: config[EVENTS_READ]!, resources: resources.save() },
      scanouts: scanouts.map((scanout) => scanout.save()),
    }),
    restore(state) {
      config[EVENTS_READ] = state['events'] as number;
      resources.restore(state['resources'] as DeviceValue[]);
      scanouts.forEach((scanout, n) => scanout.restore((state['scanouts'] as DeviceState[])[n]!));
    },
  };
}

const unspecified: Answer = { type: response.ERR_UNSPEC };

/** The first bytes of a request; `undefined` when it has fewer, or they are not in RAM. */
function readRequest(chain: Chain, bytes: number): DataView | undefined {
  const view = new DataView(new ArrayBuffer(bytes));
  return chain.read(0, new Uint8Array(view.buffer)) ? view : undefined;
}
