import { UserError } from '../../../emulator/base/user-error.ts';
import type { ScreenInfo } from '../../../emulator/machine/types.ts';
import type { Peer } from '../../contract/index.ts';
import { ScreenAttachment } from './screen-attachment.ts';

/** The screens of one machine, over any number of runs, and who looks at them. */
export class MachineScreens {
  #screens: readonly ScreenInfo[] = [];
  readonly #attachments = new Map<Peer, Map<number, ScreenAttachment>>();
  readonly #machine: number;

  constructor(machine: number) {
    this.#machine = machine;
  }

  get names(): string[] {
    return this.#screens.map(({ name }) => name);
  }

  /** Those of the run that begins. Who was attached sees them now. */
  replace(screens: readonly ScreenInfo[]): void {
    this.#screens = screens;
    for (const ofPeer of this.#attachments.values()) {
      for (const [screen, attachment] of ofPeer) this.#show(screen, attachment);
    }
  }

  attach(peer: Peer, screen: number): void {
    this.detach(peer, screen);
    const ofPeer = this.#attachments.get(peer) ?? new Map<number, ScreenAttachment>();
    const attachment = new ScreenAttachment(peer, this.#machine, screen);
    this.#attachments.set(peer, ofPeer.set(screen, attachment));
    this.#show(screen, attachment);
  }

  /** A peer has drawn what it got. */
  shown(peer: Peer, screen: number): void {
    this.#attachments.get(peer)?.get(screen)?.shown();
  }

  detach(peer: Peer, screen: number): void {
    const ofPeer = this.#attachments.get(peer);
    ofPeer?.get(screen)?.close();
    ofPeer?.delete(screen);
  }

  /** The peer is gone. */
  detachAll(peer: Peer): void {
    for (const attachment of this.#attachments.get(peer)?.values() ?? []) attachment.close();
    this.#attachments.delete(peer);
  }

  /** The name by which the machine knows it. Throws a `UserError` where there is none. */
  nameOf(screen: number): string {
    const info = this.#screens[screen];
    if (!info) throw new UserError('unknown-screen', `the machine has no screen ${screen}`);
    return info.name;
  }

  /** Sends what is left: the run is over, and its last picture stays. */
  flush(): void {
    for (const ofPeer of this.#attachments.values()) for (const attachment of ofPeer.values()) attachment.flush();
  }

  close(): void {
    for (const peer of this.#attachments.keys()) this.detachAll(peer);
  }

  #show(screen: number, attachment: ScreenAttachment): void {
    const info = this.#screens[screen];
    if (info) attachment.show(info.buffer);
  }
}
