import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BootPlan } from '../../emulator/machine/boot/plan.ts';
import type { MachineConfig } from '../../emulator/machine/types.ts';
import { GdbClient } from './gdb-client.ts';

/** QEMU puts a device tree of its own here when it is given no kernel; what we have to put there goes through the debugger. */
const OWN_TREE = { base: 0x4000_0000, size: 0x10_0000 };
/** PSTATE at the start, but for the level: ELxh, all interrupts masked. QEMU's own has Z set. */
const START_PSTATE = 0x3c1n;
const [PC, CPSR] = [32, 33];
/** What QEMU's monitor (QMP) is told for that. */
const SINGLE_STEPS = [
  '{"execute": "qmp_capabilities"}',
  '{"execute": "human-monitor-command", "arguments": {"command-line": "singlestep on"}}',
];

export interface Detail {
  /** From the first instruction on, each is a block of its own. */
  singleSteps: boolean;
  /** V0 to V31, FPCR and FPSR are in the log, at twice the cost. */
  vectors: boolean;
}

export interface Qemu {
  /** The execution log, a pipe. QEMU waits when it is not read. */
  readonly log: FileHandle;
  /** From soon on, every instruction is a block of its own. */
  singleSteps(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts QEMU's `virt` with what our machine has in RAM and in its registers, not with what its own boot loader makes of the files.
 */
export async function startQemu(config: MachineConfig, plan: BootPlan, detail: Detail): Promise<Qemu> {
  const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-lockstep-'));
  execFileSync('mkfifo', [join(folder, 'log')]);
  const options = [...optionsOf(config, folder), ...filesOf(plan, folder), ...detailOf(detail)];
  const child = spawn('qemu-system-aarch64', options, { stdio: ['pipe', 'pipe', 'inherit'] });
  let log: FileHandle | undefined;
  const clean = () => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  // QEMU would outlive us, and run on without a reader.
  process.once('exit', clean);
  const stop = async () => {
    process.off('exit', clean);
    clean();
    await log?.close();
  };
  try {
    log = await open(join(folder, 'log'));
    while (!existsSync(join(folder, 'gdb')) && child.exitCode === null) await sleep(20);
    await start(await GdbClient.connect(join(folder, 'gdb')), plan);
    return {
      log,
      stop,
      async singleSteps() {
        child.stdin.write(SINGLE_STEPS.join('\n'));
        let text = '';
        while (text.split('"return"').length <= SINGLE_STEPS.length) text += String((await once(child.stdout, 'data'))[0]);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const machineOf = ({ gic, its = true, el }: MachineConfig): string =>
  `virt,gic-version=${gic},its=${its ? 'on' : 'off'},virtualization=${el === 2 ? 'on' : 'off'}`;

/** `-icount shift=0`: an instruction lasts 1 ns, as on our board. The log has the registers before every block of instructions. */
const optionsOf = (config: MachineConfig, folder: string): string[] => [
  ...['-M', machineOf(config), '-cpu', config.cpu],
  ...['-m', `${config.memory >> 20}`, '-icount', 'shift=0,sleep=off', '-rtc', `base=${dateOf(config.rtcSeconds)},clock=vm`],
  ...['-nodefaults', '-display', 'none', '-serial', 'null'],
  ...['-global', 'virtio-mmio.force-legacy=false'],
  ...['-S', '-gdb', `unix:${join(folder, 'gdb')},server=on,wait=off`, '-qmp', 'stdio'],
  ...['-D', join(folder, 'log')],
];

const detailOf = ({ singleSteps, vectors }: Detail): string[] => [
  ...['-d', `in_asm,exec,cpu,int,nochain${vectors ? ',fpu' : ''}`],
  ...(singleSteps ? ['-singlestep'] : []),
];

/** The flash and all of RAM that QEMU itself leaves alone. */
function filesOf({ pieces, flash }: BootPlan, folder: string): string[] {
  const put = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  return [
    ...flash.slice(0, 1).flatMap(({ bytes }) => ['-bios', put('flash', bytes)]),
    ...pieces
      .filter((piece) => !inOwnTree(piece))
      .flatMap(({ address, bytes }, n) => ['-device', `loader,file=${put(`piece${n}`, bytes)},addr=${address},force-raw=on`]),
  ];
}

/** The rest of RAM, the registers, and off it goes. */
async function start(gdb: GdbClient, { pieces, registers, entry, el }: BootPlan): Promise<void> {
  await gdb.writeMemory(OWN_TREE.base, ownTree(pieces.filter(inOwnTree)));
  for (const [n, value] of registers.entries()) await gdb.writeRegister(n, BigInt(value));
  await gdb.writeRegister(PC, BigInt(entry));
  await gdb.writeRegister(CPSR, START_PSTATE | BigInt(el << 2));
  await gdb.detach();
}

const inOwnTree = ({ address }: { address: number }): boolean =>
  address >= OWN_TREE.base && address < OWN_TREE.base + OWN_TREE.size;

/** The bytes of the area where QEMU's device tree lies, and of what reaches beyond it. */
function ownTree(pieces: BootPlan['pieces']): Uint8Array {
  const end = Math.max(OWN_TREE.base + OWN_TREE.size, ...pieces.map(({ address, bytes }) => address + bytes.length));
  const image = new Uint8Array(end - OWN_TREE.base);
  for (const { address, bytes } of pieces) image.set(bytes, address - OWN_TREE.base);
  return image;
}

const dateOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19);
