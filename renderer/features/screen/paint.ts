import type { ScreenCursor, ScreenEvent } from '../../../main/contract/index.ts';

/** Puts what changed on the canvas, which gets the picture's size. */
export function paint(canvas: HTMLCanvasElement, { width, height, parts }: ScreenEvent): void {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d', { alpha: false });
  for (const { rgba, x, y, ...size } of parts) context?.putImageData(new ImageData(rgba, size.width, size.height), x, y);
}

/** The guest's own cursor lies over the picture. */
export function placeCursor(canvas: HTMLCanvasElement, { visible, x, y, image }: ScreenCursor): void {
  canvas.hidden = !visible;
  canvas.style.transform = `translate(${x}px, ${y}px)`;
  if (image) canvas.getContext('2d')?.putImageData(new ImageData(unmultiplied(image), canvas.width, canvas.height), 0, 0);
}

/** A canvas takes colours that are not multiplied by alpha. */
function unmultiplied(image: Uint8ClampedArray<ArrayBuffer>): Uint8ClampedArray<ArrayBuffer> {
  const plain = image.slice();
  for (let at = 0; at < plain.length; at += 4) {
    const alpha = plain[at + 3]!;
    if (alpha > 0) for (let n = at; n < at + 3; n++) plain[n] = (plain[n]! * 255) / alpha;
  }
  return plain;
}
