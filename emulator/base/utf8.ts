/** Text as UTF-8. Every host has both classes; TypeScript declares them only in its DOM library, which the emulator must not see. */
interface TextApi {
  TextEncoder: new () => { encode(text: string): Uint8Array };
  TextDecoder: new () => { decode(bytes: Uint8Array): string };
}
const host = globalThis as unknown as TextApi;
const encoder = new host.TextEncoder();
const decoder = new host.TextDecoder();

export const encodeUtf8 = (text: string): Uint8Array => encoder.encode(text);
/** Malformed sequences become U+FFFD. */
export const decodeUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes);
