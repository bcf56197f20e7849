import type { Dma } from '../devices/device.ts';
import type { FwCfgFile } from '../devices/fw-cfg/items.ts';
import { createRamfb } from '../devices/ramfb/ramfb.ts';
import type { VirtioDevice } from '../devices/virtio/device.ts';
import { createVirtioGpu } from '../devices/virtio/gpu/gpu.ts';
import type { Screen } from '../screen/screen.ts';
import { Surface } from '../screen/surface.ts';
import type { DisplayConfig, PciPlace } from './types.ts';

/** What draws on a machine's screens, for those who connect it to the guest. */
export interface Displays {
  readonly screens: readonly Screen[];
  readonly virtio: readonly { device: VirtioDevice; pci: PciPlace | undefined }[];
  readonly files: readonly FwCfgFile[];
}

export function buildDisplays(displays: readonly DisplayConfig[], around: { dma: Dma; peek: Dma['read'] }): Displays {
  const screens: Screen[] = [];
  const virtio: { device: VirtioDevice; pci: PciPlace | undefined }[] = [];
  const files: FwCfgFile[] = [];
  for (const display of displays) {
    const surface = new Surface();
    if (display.device === 'ramfb') {
      const ramfb = createRamfb({ surface, peek: around.peek });
      files.push(ramfb.file);
      screens.push({ name: 'ramfb', surface, refresh: ramfb.refresh });
    } else {
      const { width, height, edid, pci } = display;
      const gpu = createVirtioGpu({ dma: around.dma, outputs: [{ surface, width, height }], edid });
      screens.push({ name: `gpu${virtio.length}`, surface, resize: (...size) => gpu.resize(0, ...size) });
      virtio.push({ device: gpu, pci });
    }
  }
  return { screens, virtio, files };
}
