/** From a handset file that satisfies the schema to a machine, with what only its values together can tell. */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { defaultUserNetwork } from '../../../emulator/machine/network-settings.ts';
import type { PciPlace } from '../../../emulator/machine/types.ts';
import type { Problem } from '../../contract/index.ts';
import { guestsFolder } from '../guests/folder.ts';
import { defaultMac, loopback, maxNics, parseForward } from '../network/settings.ts';
import { defaultDisplay, displaySizeProblem, displaysProblem } from '../machines/displays.ts';
import { defaultPlan, limits, memoryProblem, type FileRef, type MachinePlan } from '../machines/plan.ts';
import { maxPorts, numberPorts } from '../serial/backend.ts';
import type { HandsetDocument, Path } from './document.ts';
import { firstLine, problem } from './issues.ts';
import type { Cell, DisplayDevice, Handset, NetDevice } from './schema.ts';
import { parseDate, parseSize } from './units.ts';
import { WireReader } from './wire.ts';

export function planOf(document: HandsetDocument, handset: Handset): { plan: MachinePlan; problems: Problem[] } {
  const builder = new PlanBuilder(document, handset);
  return { plan: builder.build(), problems: builder.problems };
}

class PlanBuilder {
  readonly problems: Problem[] = [];
  readonly #document: HandsetDocument;
  readonly #handset: Handset;
  constructor(document: HandsetDocument, handset: Handset) {
    this.#document = document;
    this.#handset = handset;
  }

  build(): MachinePlan {
    const { handset: name, board, cores, cpu, gic, el, exec, seed, rtc, cells } = this.#handset;
    const plan = defaultPlan();
    plan.name = name;
    // Nothing is there that the file does not grant.
    plan.settings = { ...plan.settings, board, cpus: cores, cpu, gic, el, exec, seed, rng: false };
    if (rtc !== undefined) {
      const seconds = parseDate(rtc);
      if (seconds === undefined)
        this.#error('bad-value', `"rtc": ${JSON.stringify(rtc)} is not a date`, ['rtc'], '2026-01-01T12:00:00');
      else plan.settings.rtcSeconds = seconds;
    }
    const [first, ...others] = Object.entries(cells);
    if (!first) this.#error('missing-key', '"cells" is empty', ['cells'], 'add a cell');
    else this.#addCell(plan, ...first);
    for (const [other] of others) {
      const range = this.#document.keyRange(['cells', other]);
      const message = 'several cells are not available in this version';
      this.problems.push(problem(this.#document, { code: 'not-available', message, hint: 'leave one', range }));
    }
    return plan;
  }

  #addCell(plan: MachinePlan, name: string, cell: Cell): void {
    const path = ['cells', name];
    plan.cell = name;
    const memory = parseSize(cell.memory);
    const range =
      memory === undefined ? { message: `${cell.memory} is not a size`, hint: 'such as 192M' } : memoryProblem(memory);
    if (range) this.#error('out-of-range', range.message, [...path, 'memory'], range.hint);
    else plan.settings.memory = memory!;

    for (const role of ['kernel', 'initrd', 'dtb', 'bios'] as const) {
      const value = cell[role];
      if (value !== undefined) plan[role] = this.#file(value, role, [...path, role]);
    }
    if (cell.image !== undefined) {
      const file = this.#file(cell.image, 'image', [...path, 'image']);
      if (plan.kernel) this.#error('conflict', '"image" and "kernel" exclude each other', [...path, 'image'], 'leave one');
      else plan.kernel = file;
    }
    if (cell.append !== undefined) plan.append = cell.append;
    if (cell.entry !== undefined) plan.entry = cell.entry;
    for (const [index, { file, address }] of (cell.load ?? []).entries()) {
      const ref = this.#file(file, 'load', [...path, 'load', index, 'file']);
      plan.loads.push({ file: ref, ...(address === undefined ? {} : { address }) });
    }
    if (!plan.kernel && !plan.bios && plan.loads.length === 0) {
      const range = firstLine(this.#document.keyRange(path));
      const message = `the cell "${name}" has nothing to run`;
      this.problems.push(
        problem(this.#document, { code: 'nothing-to-run', message, hint: 'add image:, kernel: or bios:', range }),
      );
    }
    this.#addDevices(plan, cell, [...path, 'devices']);
  }

  #addDevices(plan: MachinePlan, { devices = ['uart'] }: Cell, path: Path): void {
    let consoles = 0;
    for (const [index, device] of devices.entries()) {
      if (device === 'rng') plan.settings.rng = true;
      else if (device === 'console') consoles++;
      else if (device === 'radio') plan.settings.radio = true;
      else if (device === 'uart') continue;
      else if (device === 'display') this.#addDisplay(plan, { display: 'virtio-gpu' }, [...path, index]);
      else if (typeof device === 'string') (plan.settings.inputs ??= []).push({ kind: device });
      else if ('display' in device) this.#addDisplay(plan, device, [...path, index]);
      else if ('net' in device) this.#addNic(plan, device, [...path, index]);
      else {
        const file = this.#file(device.block, 'block', [...path, index, 'block']);
        plan.drives.push({ file, readOnly: device.readOnly ?? false, ...onBus(device) });
      }
    }
    if (plan.drives.length > limits.maxDrives) {
      this.#error('out-of-range', `${plan.drives.length} block devices`, path, `a machine can have ${limits.maxDrives}`);
    }
    const inputs = plan.settings.inputs?.length ?? 0;
    if (inputs > limits.maxInputs)
      this.#error('out-of-range', `${inputs} input devices`, path, `a machine can have ${limits.maxInputs}`);
    if (consoles >= maxPorts) this.#error('out-of-range', `${consoles} consoles`, path, `a machine can have ${maxPorts - 1}`);
    else if (consoles > 0) {
      const console = { isConsole: true, backend: { kind: 'stdio' } } as const;
      plan.serial = [{ maxPorts, ports: numberPorts(Array.from({ length: consoles }, () => console)) }];
    }
    if (!devices.includes('uart')) {
      const range = firstLine(this.#document.valueRange(path));
      const message = 'the board has its uart also where it is not listed, in this version';
      this.problems.push({
        ...problem(this.#document, { code: 'uart-is-there', message, hint: 'add uart', range }),
        severity: 'warning',
      });
    }
  }

  #addDisplay(plan: MachinePlan, { display, width, height }: DisplayDevice, path: Path): void {
    const size = { width: width ?? defaultDisplay.width, height: height ?? defaultDisplay.height };
    const displays = (plan.settings.displays ??= []);
    if (display === 'virtio-gpu') displays.push({ ...defaultDisplay, ...size });
    else displays.push({ device: display });
    if (display === 'ramfb' && (width ?? height) !== undefined)
      this.#error('conflict', 'the guest chooses the size of a ramfb', path, 'leave width and height out');
    const problem = displaySizeProblem(size.width, size.height) ?? displaysProblem(displays);
    if (problem) this.#error('out-of-range', problem.message, path, problem.hint);
  }

  #addNic(plan: MachinePlan, device: NetDevice, path: Path): void {
    const { forward = [], restricted = false } = device;
    const nics = (plan.settings.nics ??= []);
    const reader = new WireReader(this.#document, path, this.problems);
    const config = { ...defaultUserNetwork(), restricted };
    config.forwards = forward.flatMap((text) => {
      return reader.read('forward', text, (each) => parseForward(each, config, loopback), 'such as tcp::8080-:80') ?? [];
    });
    const { mac = defaultMac(nics.length), link } = reader.wire(device);
    nics.push({ mac, link, network: { kind: 'user', ...config }, ...onBus(device) });
    if (nics.length > maxNics) this.#error('out-of-range', `${nics.length} network cards`, path, `a machine can have ${maxNics}`);
  }

  /** `guest:NAME` is a fetched guest; all else is relative to the handset file. */
  #file(value: string, role: string, path: Path): FileRef {
    const guest = /^guest:(.+)$/.exec(value)?.[1];
    const resolved = guest === undefined ? resolve(dirname(this.#document.file), value) : resolve(guestsFolder(), guest);
    if (!statSync(resolved, { throwIfNoEntry: false })) {
      const hint = guest === undefined ? `looked for ${resolved}` : `pocketvisor guests fetch ${guest}`;
      this.#error('missing-file', `there is no file ${JSON.stringify(value)}`, path, hint);
    }
    const { line, column } = this.#document.valueRange(path);
    return { path: resolved, role, place: { file: this.#document.file, line, column } };
  }

  #error(code: string, message: string, path: Path, hint: string): void {
    this.problems.push(problem(this.#document, { code, message, hint, range: this.#document.valueRange(path) }));
  }
}

/** Where a virtio device is, if that is not behind mmio. */
export function onBus({ bus }: { bus?: 'mmio' | 'pci' | undefined }): { pci?: PciPlace } {
  return bus === 'pci' ? { pci: {} } : {};
}
