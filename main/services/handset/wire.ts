/** What a file says of a network card and its wire. */
import type { LinkConfig, Mac } from '../../../emulator/machine/network-settings.ts';
import type { Problem } from '../../contract/index.ts';
import { parseBandwidth, parseDelay, parseLoss, parseNicMac } from '../network/settings.ts';
import type { HandsetDocument, Path } from './document.ts';
import { problem } from './issues.ts';
import type { Wire } from './schema-devices.ts';

/** Reads words of a map; those that will not do become problems at their places. */
export class WireReader {
  readonly #document: HandsetDocument;
  readonly #path: Path;
  readonly #problems: Problem[];

  constructor(document: HandsetDocument, path: Path, problems: Problem[]) {
    this.#document = document;
    this.#path = path;
    this.#problems = problems;
  }

  read<T>(key: string, text: string | undefined, parse: (text: string) => T | undefined, hint: string): T | undefined {
    const value = text === undefined ? undefined : parse(text);
    if (text !== undefined && value === undefined) {
      const message = `"${key}": ${JSON.stringify(text)} will not do`;
      const range = this.#document.valueRange([...this.#path, key]);
      this.#problems.push(problem(this.#document, { code: 'bad-value', message, hint, range }));
    }
    return value;
  }

  wire({ mac, delay, bandwidth, loss }: Wire): { mac?: Mac; link: LinkConfig } {
    const link = {
      ...defined('delayNs', this.read('delay', delay, parseDelay, 'such as 10ms')),
      ...defined('bitsPerSecond', this.read('bandwidth', bandwidth, parseBandwidth, 'such as 10M')),
      ...defined('loss', this.read('loss', loss, parseLoss, 'such as 1%')),
    };
    return { ...defined('mac', this.read('mac', mac, parseNicMac, 'such as 52:54:00:12:34:56')), link };
  }
}

/** A property, where it has a value. */
function defined<K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: T };
}
