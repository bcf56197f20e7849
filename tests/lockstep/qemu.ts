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
/** PSTATE at the start: EL1h, all interrupts masked. QEMU's own has Z set. */
const START_PSTATE = 0x3c5n;
const [PC, CPSR] = [32, 33];
/** What QEMU's monitor (QMP) is told for that. */
const SINGLE_STEPS = [
  '{"execute": "qmp_capabilities"}',
  '{"execute": "human-monitor-command", "arguments": {"command-line": "singlestep on"}}',
];

export interface Qemu {
  /** The execution log, a pipe. QEMU waits when it is not read. */
  readonly log: FileHandle;
  /** From soon on, every instruction is a block of its own. */
  singleSteps(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts QEMU's `virt` with what our machine has in RAM and in its registers, not with what its own boot loader makes of the files.
 * `-icount shift=0`: an instruction lasts 1 ns, as on our board. The log (`-d`) has the registers before every block of instructions.
 */
export async function startQemu(config: MachineConfig, plan: BootPlan, singleSteps: boolean): Promise<Qemu> {
  const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-lockstep-'));
  const [pipe, socket] = [join(folder, 'log'), join(folder, 'gdb')];
  execFileSync('mkfifo', [pipe]);
  const [byDebugger, byLoader] = [plan.pieces.filter(inOwnTree), plan.pieces.filter((piece) => !inOwnTree(piece))];
  const loaded = byLoader.flatMap(({ address, bytes }, index) => {
    writeFileSync(join(folder, `piece${index}`), bytes);
    return ['-device', `loader,file=${join(folder, `piece${index}`)},addr=${address},force-raw=on`];
  });
  if (plan.flash) writeFileSync(join(folder, 'flash'), plan.flash);
  const child = spawn(
    'qemu-system-aarch64',
    [
      ...['-M', `virt,gic-version=${config.gic},its=off`, '-cpu', config.cpu, '-m', `${config.memory >> 20}`],
      ...['-icount', 'shift=0,sleep=off', '-rtc', `base=${dateOf(config.rtcSeconds)},clock=vm`],
      ...['-nodefaults', '-display', 'none', '-serial', 'null', '-qmp', 'stdio', '-S'],
      ...['-global', 'virtio-mmio.force-legacy=false', '-gdb', `unix:${socket},server=on,wait=off`],
      ...['-d', 'in_asm,exec,cpu,int,nochain', '-D', pipe, ...(singleSteps ? ['-singlestep'] : [])],
      ...(plan.flash ? ['-bios', join(folder, 'flash')] : []),
      ...loaded,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  let log: FileHandle | undefined;
  const stop = async () => {
    child.kill('SIGKILL');
    await log?.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    log = await open(pipe);
    while (!existsSync(socket) && child.exitCode === null) await sleep(20);
    const gdb = await GdbClient.connect(socket);
    await gdb.writeMemory(OWN_TREE.base, ownTree(byDebugger));
    for (const [n, value] of plan.registers.entries()) await gdb.writeRegister(n, BigInt(value));
    await gdb.writeRegister(PC, BigInt(plan.entry));
    await gdb.writeRegister(CPSR, START_PSTATE);
    await gdb.detach();
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
