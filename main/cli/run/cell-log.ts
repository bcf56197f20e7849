/** What is done to cells, as the input log has it: `{"cell":"linux","act":"pause"}`; images of `"act":"replace"` in base64. */
import { cellActNames, type CellAct } from '../../../emulator/base/cell-acts.ts';
import type { CellCommand, CellImages } from '../../../emulator/machine/types.ts';

const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const decode = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

export function cellLine(command: CellCommand): object {
  if (command.act !== 'replace') return command;
  const { kernel, initrd, dtb, loads, ...rest } = command.images;
  const files = Object.entries({ kernel, initrd, dtb }).flatMap(([name, bytes]) => (bytes ? [[name, encode(bytes)]] : []));
  const images = {
    ...rest,
    ...Object.fromEntries(files),
    loads: loads.map(({ bytes, ...load }) => ({ ...load, bytes: encode(bytes) })),
  };
  return { cell: command.cell, act: command.act, images };
}

/** Undefined for what is none. */
export function parseCellLine({ cell, act, images }: Record<string, unknown>): CellCommand | undefined {
  if (typeof cell !== 'string') return undefined;
  if (act === 'replace') {
    const parsed = parseImages(images);
    return parsed && { cell, act, images: parsed };
  }
  return (cellActNames as unknown[]).includes(act) ? { cell, act: act as CellAct } : undefined;
}

function parseImages(value: unknown): CellImages | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kernel, initrd, dtb, append, entry, loads } = value as Record<string, unknown>;
  const texts = { kernel, initrd, dtb, append };
  if (Object.values(texts).some((text) => text !== undefined && typeof text !== 'string')) return undefined;
  if (entry !== undefined && !Number.isSafeInteger(entry)) return undefined;
  const pieces = Array.isArray(loads) ? loads.map(parseLoad) : [undefined];
  if (pieces.includes(undefined)) return undefined;
  const files = Object.entries({ kernel, initrd, dtb }).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, decode(text as string)]],
  );
  return {
    ...(Object.fromEntries(files) as Pick<CellImages, 'kernel' | 'initrd' | 'dtb'>),
    ...(append === undefined ? {} : { append: append as string }),
    ...(entry === undefined ? {} : { entry: entry as number }),
    loads: pieces as CellImages['loads'],
  };
}

function parseLoad(value: unknown): CellImages['loads'][number] | undefined {
  const { bytes, address, name } = (value ?? {}) as Record<string, unknown>;
  if (typeof bytes !== 'string' || typeof name !== 'string') return undefined;
  if (address !== undefined && !Number.isSafeInteger(address)) return undefined;
  return { bytes: decode(bytes), name, ...(address === undefined ? {} : { address: address as number }) };
}
