/** Translates a command line of `qemu-system-aarch64 -M virt` to a machine. What is not known is refused by name. */
import { UserError } from '../../../emulator/base/user-error.ts';
import type { DebugAddress } from '../../services/debugger/address.ts';
import type { WireAddress } from '../../services/network/index.ts';
import { nearest } from '../../services/handset/suggest.ts';
import { requireSomethingToRun, type MachinePlan } from '../../services/machines/plan.ts';
import { newCommandLine, type QemuCommandLine, type Serial } from './command-line.ts';
import { finishDrives } from './drives.ts';
import { finishNetworks } from './network.ts';
import { flags, options } from './options.ts';
import { finishPci } from './pci.ts';

export interface QemuRun {
  plan: MachinePlan;
  /** Where the first serial port is connected. */
  serial: Serial;
  /** Where the wires of network cards lead that are sockets, by card. */
  wires: Map<number, WireAddress>;
  gdb?: DebugAddress;
  /** Nothing runs until a debugger, or the monitor, lets it. */
  paused: boolean;
}

export function parseQemu(args: readonly string[]): QemuRun {
  const line = newCommandLine();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!arg.startsWith('-'))
      throw new UserError('bad-option', `unexpected argument ${JSON.stringify(arg)}`, { hint: 'use -kernel' });
    const name = arg.replace(/^--?/, '');
    if (Object.hasOwn(flags, name)) {
      flags[name]!(line);
    } else if (Object.hasOwn(options, name)) {
      const value = args[++i];
      if (value === undefined) throw new UserError('bad-option', `-${name}: a value is needed`);
      options[name]!(line, value);
    } else {
      const near = nearest(name, [...Object.keys(flags), ...Object.keys(options)]);
      throw new UserError(
        'bad-option',
        `QEMU's option -${name} is not supported`,
        near ? { hint: `did you mean -${near}?` } : {},
      );
    }
  }
  return finish(line);
}

function finish(line: QemuCommandLine): QemuRun {
  if (!line.machineGiven) {
    throw new UserError('bad-option', 'no machine was given', { hint: '-M virt' });
  }
  finishPci(line);
  finishDrives(line);
  const wires = finishNetworks(line);
  requireSomethingToRun(line.plan, 'give -kernel, -bios or -device loader');
  return { plan: line.plan, serial: connect(line), wires, paused: line.paused, ...(line.gdb ? { gdb: line.gdb } : {}) };
}

/** As `-nographic`: with no word about it, the serial port is on standard input and output. */
function connect({ serial, chardevs }: QemuCommandLine): Serial {
  if (serial === undefined) return { kind: 'stdio' };
  const id = /^chardev:(.*)$/.exec(serial)?.[1];
  if (id !== undefined) {
    const found = chardevs.get(id);
    if (!found) throw new UserError('bad-option', `-serial ${serial}: there is no -chardev with id=${id}`);
    return found;
  }
  if (serial === 'stdio' || serial === 'mon:stdio') return { kind: 'stdio' };
  if (serial === 'none' || serial === 'null') return { kind: 'null' };
  const path = /^file:(.+)$/.exec(serial)?.[1];
  if (path !== undefined) return { kind: 'file', path };
  throw new UserError('bad-option', `-serial ${serial} is not supported`, { hint: 'stdio, mon:stdio, file:F, null or none' });
}
