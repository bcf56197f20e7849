/** Translates a command line of `qemu-system-aarch64 -M virt` to a machine. What is not known is refused by name. */
import { UserError } from '../../../emulator/base/user-error.ts';
import type { DebugAddress } from '../../services/debugger/address.ts';
import type { WireAddress } from '../../services/network/index.ts';
import { nearest } from '../../services/handset/suggest.ts';
import { requireSomethingToRun, type MachinePlan } from '../../services/machines/plan.ts';
import type { Backend } from '../../services/serial/backend.ts';
import { newCommandLine, type QemuCommandLine } from './command-line.ts';
import { finishDrives } from './drives.ts';
import { finishNetworks } from './network.ts';
import { flags, options } from './options.ts';
import { finishPci } from './pci.ts';
import { finishSerial, uartBackend } from './serial.ts';
import { finishSound } from './sound.ts';

export interface QemuRun {
  plan: MachinePlan;
  /** Where the first serial port is connected. */
  serial: Backend;
  /** What the sound card plays goes there. */
  soundFile?: string;
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
  finishSerial(line);
  finishSound(line);
  requireSomethingToRun(line.plan, 'give -kernel, -bios or -device loader');
  const { plan, paused, gdb, soundFile } = line;
  return {
    plan,
    serial: uartBackend(line),
    wires,
    paused,
    ...(gdb ? { gdb } : {}),
    ...(soundFile === undefined ? {} : { soundFile }),
  };
}
