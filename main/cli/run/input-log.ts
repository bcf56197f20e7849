/**
 * The input log of `--record` and `--replay`: a JSON object a line. `{"atNs":…,"base64":"…"}` was typed, with `"stream":1` to a virtio port, with
 * `"nic":0` it is a frame for that network card; `{"atNs":…,"key":"power"}` is a key, `{"atNs":…,"nic":0,"link":false}` a cable,
 * `{"atNs":…,"stream":1,"port":{"open":true}}` the other end of a port.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { UserError } from '../../../emulator/base/user-error.ts';
import type { InputRecord, PortChange } from '../../../emulator/machine/types.ts';

export function writeInputLog(path: string, input: readonly InputRecord[]): void {
  try {
    const file = openSync(path, 'w');
    for (const record of input) writeSync(file, `${JSON.stringify(lineOf(record))}\n`);
    closeSync(file);
  } catch (error) {
    throw new UserError('unwritable', `--record ${path}: ${reason(error)}`);
  }
}

function lineOf({ atNs, bytes, key, nic, link, stream, port }: InputRecord): object {
  if (key) return { atNs, key };
  if (link !== undefined) return { atNs, nic, link };
  if (port) return { atNs, stream, port };
  const where = { ...(nic === undefined ? {} : { nic }), ...(stream === undefined ? {} : { stream }) };
  return { atNs, ...where, base64: Buffer.from(bytes).toString('base64') };
}

export function readInputLog(path: string): InputRecord[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError('missing-file', `--replay ${path}: ${reason(error)}`);
  }
  const records: InputRecord[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const record = parseRecord(line);
    const before = records.at(-1)?.atNs ?? 0;
    if (!record || record.atNs < before) {
      const message = record ? 'this record is earlier than the one before it' : 'this is not a record of an input log';
      throw new UserError('bad-input-log', message, { place: { file: path, line: index + 1 }, hint: 'made with --record' });
    }
    records.push(record);
  }
  return records;
}

function parseRecord(line: string): InputRecord | undefined {
  try {
    const { atNs, base64, key, nic, link, stream, port } = JSON.parse(line) as Record<string, unknown>;
    if (typeof atNs !== 'number' || !Number.isFinite(atNs) || atNs < 0) return undefined;
    if (key === 'power') return { atNs, bytes: new Uint8Array(), key };
    if (!isNumberOrAbsent(nic) || !isNumberOrAbsent(stream)) return undefined;
    const ofStream = stream === undefined ? {} : { stream: stream as number };
    if (port !== undefined) {
      const change = portChange(port);
      return change && { atNs, bytes: new Uint8Array(), ...ofStream, port: change };
    }
    const card = nic === undefined ? {} : { nic: nic as number };
    if (nic !== undefined && typeof link === 'boolean') return { atNs, bytes: new Uint8Array(), ...card, link };
    if (typeof base64 !== 'string') return undefined;
    return { atNs, bytes: new Uint8Array(Buffer.from(base64, 'base64')), ...card, ...ofStream };
  } catch {
    return undefined;
  }
}

function isNumberOrAbsent(value: unknown): boolean {
  return value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0);
}

function portChange(value: unknown): PortChange | undefined {
  const { open, held } = (value ?? {}) as Record<string, unknown>;
  if (typeof open === 'boolean') return { open };
  return typeof held === 'boolean' ? { held } : undefined;
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'there is no such file' : message;
}
