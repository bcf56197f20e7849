/**
 * The input log of `--record` and `--replay`: a JSON object a line. `{"atNs":…,"base64":"…"}` was typed, with `"stream":1` to a virtio port, with
 * `"nic":0` it is a frame for that network card; `{"atNs":…,"key":"power"}` is a key, `{"atNs":…,"nic":0,"link":false}` a cable,
 * `{"atNs":…,"stream":1,"port":{"open":true}}` the other end of a port, `{"atNs":…,"size":{"screen":0,"width":…,"height":…}}` the new size of a
 * monitor; `{"atNs":…,"foreground":1}` the cell that has the screen from now on; `{"atNs":…,"hid":0,"events":[[1,30,1]]}` is what an input device reports, as type, code and value of Linux's events;
 * `{"atNs":…,"cell":"linux","act":"pause"}` is done to a cell (`"act":"replace"` with `"images"`, their bytes in base64).
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { UserError } from '../../../emulator/base/user-error.ts';
import type { InputEvent, InputRecord, PortChange, ScreenSize } from '../../../emulator/machine/types.ts';
import { fileReason } from '../../services/host-files.ts';
import { cellLine, parseCellLine } from './cell-log.ts';
import { displaySizeProblem } from '../../services/machines/displays.ts';

export function writeInputLog(path: string, input: readonly InputRecord[]): void {
  try {
    const file = openSync(path, 'w');
    for (const record of input) writeSync(file, `${JSON.stringify(lineOf(record))}\n`);
    closeSync(file);
  } catch (error) {
    throw new UserError('unwritable', `--record ${path}: ${fileReason(error, 'w')}`);
  }
}

function lineOf({ atNs, bytes, key, nic, link, size, hid, foreground, cell, stream, port }: InputRecord): object {
  if (size) return { atNs, size };
  if (cell) return { atNs, ...cellLine(cell) };
  if (key) return { atNs, key };
  if (hid) return { atNs, hid: hid.device, events: hid.events };
  if (foreground !== undefined) return { atNs, foreground };
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
    throw new UserError('missing-file', `--replay ${path}: ${fileReason(error, 'r')}`);
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
    const record = JSON.parse(line) as Record<string, unknown>;
    const { atNs, base64, key, nic, link, size, hid, events, foreground, cell, stream, port } = record;
    if (typeof atNs !== 'number' || !Number.isFinite(atNs) || atNs < 0) return undefined;
    if (cell !== undefined) {
      const command = parseCellLine(record);
      return command && { atNs, bytes: new Uint8Array(), cell: command };
    }
    if (key === 'power') return { atNs, bytes: new Uint8Array(), key };
    if (size !== undefined) return isScreenSize(size) ? { atNs, bytes: new Uint8Array(), size } : undefined;
    if (hid !== undefined) {
      if (!isIndex(hid) || !Array.isArray(events) || !events.every(isInputEvent)) return undefined;
      return { atNs, bytes: new Uint8Array(), hid: { device: hid, events } };
    }
    if (foreground !== undefined) return isIndex(foreground) ? { atNs, bytes: new Uint8Array(), foreground } : undefined;
    if ((nic !== undefined && !isIndex(nic)) || (stream !== undefined && !isIndex(stream))) return undefined;
    const ofStream = stream === undefined ? {} : { stream };
    if (port !== undefined) {
      const change = portChange(port);
      return change && { atNs, bytes: new Uint8Array(), ...ofStream, port: change };
    }
    const card = nic === undefined ? {} : { nic };
    if (nic !== undefined && typeof link === 'boolean') return { atNs, bytes: new Uint8Array(), ...card, link };
    if (typeof base64 !== 'string') return undefined;
    return { atNs, bytes: new Uint8Array(Buffer.from(base64, 'base64')), ...card, ...ofStream };
  } catch {
    return undefined;
  }
}

function isScreenSize(value: unknown): value is ScreenSize {
  const { screen, width, height } = (value ?? {}) as Record<string, unknown>;
  return Number.isSafeInteger(screen) && displaySizeProblem(Number(width), Number(height)) === undefined;
}

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function isInputEvent(value: unknown): value is InputEvent {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [type, code, number] = value as unknown[];
  return (
    [type, code].every((part) => isIndex(part) && part <= 0xffff) &&
    Number.isInteger(number) &&
    Math.abs(number as number) <= 2 ** 31
  );
}

function portChange(value: unknown): PortChange | undefined {
  const { open, held } = (value ?? {}) as Record<string, unknown>;
  if (typeof open === 'boolean') return { open };
  return typeof held === 'boolean' ? { held } : undefined;
}
