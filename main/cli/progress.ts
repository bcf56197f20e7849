/** Progress of long work on standard error: a bar on a terminal, a line at each new step elsewhere. */
const barWidth = 24;

export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  #label = '';
  #shown = false;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  show(label: string, done: number, total?: number): void {
    if (!this.#stream.isTTY) {
      if (label !== this.#label) this.#stream.write(`${label}\n`);
    } else {
      this.#stream.write(`\r\x1b[K${total ? `${bar(done / total)} ${megabytes(done)} of ${megabytes(total)}  ` : ''}${label}`);
      this.#shown = true;
    }
    this.#label = label;
  }

  /** Takes the bar away. */
  clear(): void {
    if (this.#shown) this.#stream.write('\r\x1b[K');
    this.#shown = false;
  }
}

function bar(part: number): string {
  const full = Math.round(Math.min(1, part) * barWidth);
  return `[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}]`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
