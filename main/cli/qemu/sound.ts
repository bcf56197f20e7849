import type { PciPlace } from '../../../emulator/machine/types.ts';
import { optionError } from '../failure.ts';
import type { QemuCommandLine } from './command-line.ts';
import { Properties } from './properties.ts';

/** `-audiodev wav,id=I,path=F`, `-audiodev none,id=I`. */
export function addAudiodev(line: QemuCommandLine, text: string): void {
  const option = '-audiodev';
  const properties = new Properties(option, text, 'driver');
  const driver = properties.takeRequired('driver');
  const id = properties.takeRequired('id');
  if (driver !== 'wav' && driver !== 'none') throw optionError(option, `${driver} is not supported`, 'wav or none');
  if (line.audiodevs.has(id)) throw optionError(option, `id=${id} is given twice`);
  line.audiodevs.set(id, driver === 'wav' ? (properties.take('path') ?? 'qemu.wav') : undefined);
  properties.end();
}

/** `-device virtio-sound-device,audiodev=I`, or `-pci`. */
export function addSoundDevice(line: QemuCommandLine, properties: Properties, option: string, pci?: PciPlace): void {
  if (line.soundCard) throw optionError(option, 'a machine can have one sound card');
  line.soundCard = { audiodev: properties.take('audiodev'), option, pci };
  for (const [key, known] of [
    ['streams', '2'],
    ['jacks', '2'],
  ] as const) {
    const value = properties.take(key) ?? known;
    if (value !== known) throw optionError(option, `${key}=${value} is not supported`, `${key}=${known}`);
  }
}

/** Once all options are read: connects the card to what it names. */
export function finishSound(line: QemuCommandLine): void {
  if (!line.soundCard) return;
  const { audiodev, option, pci } = line.soundCard;
  line.plan.sound = pci ? { pci } : {};
  if (audiodev === undefined) return;
  if (!line.audiodevs.has(audiodev)) throw optionError(option, `there is no -audiodev with id=${audiodev}`);
  const path = line.audiodevs.get(audiodev);
  if (path !== undefined) line.soundFile = path;
}
