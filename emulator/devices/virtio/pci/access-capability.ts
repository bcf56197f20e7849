import type { Endpoint } from '../../pcie/endpoint.ts';

/** Fields of the capability (§4.1.4, §4.1.4.9), from its start. */
const at = { BAR: 4, OFFSET: 8, LENGTH: 12, DATA: 16 } as const;
const DATA_BYTES = 4;

type Access = (bar: number, offset: number, size: 1 | 2 | 4, value: number | undefined) => number | void;

/** For drivers that cannot reach the windows: an access to its data, in configuration space, is one to a window (§4.1.4.9). */
export class AccessCapability {
  private readonly endpoint: Endpoint;
  private readonly start: number;
  private readonly access: Access;

  /** `start`: where the capability begins; `access` reads, where there is no value, and answers nothing where there is nothing. */
  constructor(endpoint: Endpoint, start: number, access: Access) {
    this.endpoint = endpoint;
    this.start = start;
    this.access = access;
  }

  /** The guest is about to read so much of the configuration space. */
  beforeRead(offset: number, size: number): void {
    const target = this.holdsData(offset, size) ? this.target() : undefined;
    const value = target && this.access(target.bar, target.offset, target.size, undefined);
    if (value !== undefined) this.endpoint.writeConfig(this.start + at.DATA, DATA_BYTES, value);
  }

  /** The guest wrote so much of it. */
  afterWrite(offset: number, size: number): void {
    const target = this.holdsData(offset, size) ? this.target() : undefined;
    if (target) this.access(target.bar, target.offset, target.size, this.field(at.DATA, target.size));
  }

  private holdsData(offset: number, size: number): boolean {
    const data = this.start + at.DATA;
    return offset < data + DATA_BYTES && offset + size > data;
  }

  /** Where the driver points to; nothing that is not as §4.1.4.9.2 demands. */
  private target(): { bar: number; offset: number; size: 1 | 2 | 4 } | undefined {
    const [offset, size] = [this.field(at.OFFSET, 4), this.field(at.LENGTH, 4)];
    if ((size !== 1 && size !== 2 && size !== 4) || offset % size !== 0) return undefined;
    return { bar: this.field(at.BAR, 1), offset, size };
  }

  private field(offset: number, size: 1 | 2 | 4): number {
    return this.endpoint.readConfig(this.start + offset, size);
  }
}
