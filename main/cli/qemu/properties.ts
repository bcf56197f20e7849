/** QEMU's `key=value,key=value`: a comma in a value is written twice, the first key may be implied. */
import { optionError } from '../failure.ts';

export class Properties {
  readonly #option: string;
  readonly #values = new Map<string, string[]>();

  /** `first` is the key that a leading value without `=` belongs to; a later word without `=` means `on`. */
  constructor(option: string, text: string, first?: string) {
    this.#option = option;
    for (const [index, part] of splitCommas(text).entries()) {
      const at = part.indexOf('=');
      if (at >= 0) this.#add(part.slice(0, at), part.slice(at + 1));
      else if (index === 0 && first !== undefined) this.#add(first, part);
      else this.#add(part, 'on');
    }
  }

  #add(key: string, value: string): void {
    this.#values.set(key, [...(this.#values.get(key) ?? []), value]);
  }

  /** Takes a property out, the last of its name; what nobody takes is unknown. */
  take(key: string): string | undefined {
    return this.takeAll(key).at(-1);
  }

  /** Takes all properties of a name. */
  takeAll(key: string): string[] {
    const values = this.#values.get(key) ?? [];
    this.#values.delete(key);
    return values;
  }

  takeRequired(key: string): string {
    const value = this.take(key);
    if (value === undefined || value === '') throw optionError(this.#option, `${key}= is needed`);
    return value;
  }

  takeSwitch(key: string, otherwise = false): boolean {
    const value = this.take(key);
    if (value === undefined) return otherwise;
    if (['on', 'yes', 'true'].includes(value)) return true;
    if (['off', 'no', 'false'].includes(value)) return false;
    throw optionError(this.#option, `${key}=${value}: on or off is needed`);
  }

  /** Takes properties that change nothing here: how the host does its work, not what the guest sees. */
  ignore(...keys: string[]): void {
    for (const key of keys) this.#values.delete(key);
  }

  /** Refuses what is left. */
  end(): void {
    for (const [key, [value]] of this.#values) throw optionError(this.#option, `the property ${key}=${value} is not supported`);
  }
}

function splitCommas(text: string): string[] {
  const parts = text.replaceAll(',,', '\0').split(',');
  return parts.map((part) => part.replaceAll('\0', ','));
}
