/** No message is sent for it (§4.1.5.1.2). */
export const NO_VECTOR = 0xffff;

/** Which vector tells the driver of a queue, or of the configuration. */
export class Vectors {
  private config = NO_VECTOR;
  private readonly byQueue: number[];
  private readonly count: number;

  /** `count`: how many vectors there are. */
  constructor(queues: number, count: number) {
    this.byQueue = Array.from({ length: queues }, () => NO_VECTOR);
    this.count = count;
  }

  /** `queue` undefined: of the configuration. */
  of(queue: number | undefined): number {
    return queue === undefined ? this.config : (this.byQueue[queue] ?? NO_VECTOR);
  }

  /** A vector that is not there is not taken: the driver sees so when it reads it back. */
  set(queue: number | undefined, value: number): void {
    const vector = value < this.count ? value : NO_VECTOR;
    if (queue === undefined) this.config = vector;
    else if (queue < this.byQueue.length) this.byQueue[queue] = vector;
  }

  reset(): void {
    this.config = NO_VECTOR;
    this.byQueue.fill(NO_VECTOR);
  }

  save(): number[] {
    return [this.config, ...this.byQueue];
  }

  restore([config, ...queues]: number[]): void {
    this.config = config as number;
    queues.forEach((vector, index) => (this.byQueue[index] = vector));
  }
}
