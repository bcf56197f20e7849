/** What a machine's streams were written and nobody was told yet, in order. */
export class StreamOutput {
  private runs: { readonly stream: number; readonly parts: Uint8Array[] }[] = [];

  add(stream: number, bytes: Uint8Array): void {
    const last = this.runs.at(-1);
    if (last?.stream === stream) last.parts.push(bytes);
    else this.runs.push({ stream, parts: [bytes] });
  }

  flush(take: (stream: number, bytes: Uint8Array) => void): void {
    for (const { stream, parts } of this.runs.splice(0)) take(stream, joined(parts));
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
