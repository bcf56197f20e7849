/** Where a picture stands in its place: turned by quarters, fitted or with its own pixels. */

export type Turn = 0 | 90 | 180 | 270;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const nextTurn = (turn: Turn): Turn => ((turn + 90) % 360) as Turn;

/** The picture's size once it is turned. */
export function turned({ width, height }: Size, turn: Turn): Size {
  return turn === 90 || turn === 270 ? { width: height, height: width } : { width, height };
}

/** Pixels of the display for one of the picture, so that it fits; larger pictures of few pixels are whole multiples, which stay sharp. */
export function fittingScale(picture: Size, place: Size, turn: Turn): number {
  const { width, height } = turned(picture, turn);
  if (width === 0 || height === 0) return 1;
  const scale = Math.min(place.width / width, place.height / height);
  return scale >= 2 ? Math.floor(scale) : Math.max(scale, 0.01);
}

/** A move over what is seen, and the same in the picture. */
export function unturnStep(dx: number, dy: number, turn: Turn): { dx: number; dy: number } {
  const step = { 0: [dx, dy], 90: [dy, -dx], 180: [-dx, -dy], 270: [-dy, dx] }[turn] as [number, number];
  return { dx: step[0], dy: step[1] };
}

/** A place in what is seen, as parts of its width and height, and the same in the picture. */
export function unturn(x: number, y: number, turn: Turn): { x: number; y: number } {
  const [u, v] = [x, y].map((part) => Math.min(1, Math.max(0, part))) as [number, number];
  switch (turn) {
    case 0:
      return { x: u, y: v };
    case 90:
      return { x: v, y: 1 - u };
    case 180:
      return { x: 1 - u, y: 1 - v };
    case 270:
      return { x: 1 - v, y: u };
  }
}
