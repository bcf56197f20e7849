/** The messages that are not console bytes: JSON texts. */
import { z } from 'zod';

const id = z.int().min(0);

/** A mistake as it crosses the wire. `code` is stable; `place` is in a file of the user's; `hint` is the next step. */
export const wireError = z.strictObject({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  place: z.strictObject({ file: z.string(), line: z.number().optional(), column: z.number().optional() }).optional(),
});
export type WireError = z.infer<typeof wireError>;

/** `method` is `service.method`. */
export const request = z.strictObject({ id, method: z.string().max(100), params: z.unknown() });
export type Request = z.infer<typeof request>;

export const fromHost = z.union([
  z.strictObject({ id, result: z.unknown() }),
  z.strictObject({ id, error: wireError }),
  z.strictObject({ event: z.string(), data: z.unknown() }),
]);
export type FromHost = z.infer<typeof fromHost>;

/** What a failed call throws at the caller: a person's mistake, or a call that the contract does not have. */
export class RpcError extends Error {
  override name = 'RpcError';
  readonly code: string;
  readonly hint: string | undefined;
  readonly place: WireError['place'];
  constructor({ code, message, hint, place }: WireError) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.place = place;
  }
}

/** The value of a JSON text, undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
