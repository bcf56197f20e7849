import { loadPlan } from '../../services/machines/load.ts';
import { spawnMachine, type SpawnMachine } from '../../services/machines/worker.ts';
import { ExitStatus } from '../failure.ts';
import { fileSink, nullSink, stdoutSink } from '../run/consoles.ts';
import { exitCodeOf, explain } from '../run/report.ts';
import { openNetwork } from '../run/network.ts';
import { exitCodeOfReason, runSession } from '../run/session.ts';
import { idlePace } from '../run/terminal.ts';
import { parseQemu, type QemuRun } from './parse.ts';

const help = `Usage: pocketvisor qemu [options of qemu-system-aarch64]

Runs a command line of qemu-system-aarch64 -M virt. The console is standard input and output. Known are:

  -M virt[,gic-version=2|3|max][,its=on|off]   -cpu cortex-a53|cortex-a57|cortex-a72|max   -smp N   -m SIZE
  -kernel F  -initrd F  -append TEXT  -dtb F  -bios F
  -drive file=F[,if=none|virtio][,id=I][,format=raw][,readonly=on][,snapshot=on]   -snapshot
  -drive if=pflash,file=F[,unit=0|1][,format=raw][,readonly=on][,snapshot=on]
  -device virtio-blk-pci,drive=I | virtio-net-pci,netdev=I[,mac=M] | virtio-rng-pci   [,addr=SLOT][,disable-legacy=on]
          | virtio-blk-device | virtio-net-device | virtio-rng-device: the same in slots of virtio-mmio
          | loader,file=F[,addr=A][,cpu-num=0]
  -serial stdio|mon:stdio|file:F|null|none|chardev:I   -chardev stdio|file|null,id=I[,path=F]
  -netdev user,id=I[,hostfwd=tcp:[ADDR]:PORT-[ADDR]:PORT][,restrict=on][,net=][,host=][,dns=][,dhcpstart=]
  -netdev socket,id=I,listen=[HOST]:PORT | connect=HOST:PORT
  -nic none | user[,mac=M][,hostfwd=...] | socket[,mac=M],listen=...|connect=...
  -nographic  -nodefaults  -display none  -no-reboot  -accel tcg  -icount ...
  -global virtio-mmio.force-legacy=false
  -s   -S   -gdb tcp:[HOST]:PORT | unix:PATH

Anything else is refused by name. Without -cpu the core is max: there are no 32-bit cores.
`;

/** `pocketvisor qemu ARGS...`: answers the exit code. */
export async function qemuCommand(args: readonly string[], spawn: SpawnMachine = spawnMachine): Promise<number> {
  if (args.some((arg) => /^--?h(elp)?$/.test(arg))) {
    process.stdout.write(help);
    return ExitStatus.ok;
  }
  const { plan, serial, wires, gdb, paused } = parseQemu(args);
  const worker = spawn();
  try {
    const machine = loadPlan(plan);
    const network = await openNetwork(machine.config, wires);
    const readInput = serial.kind === 'stdio';
    const sink = sinkOf(serial);
    const { result, reason } = await runSession(worker, {
      machine,
      script: { sends: [], expects: [] },
      speed: 'max',
      paceIdle: readInput ? idlePace() : 'never',
      console: sink,
      readInput,
      network,
      paused,
      ...(gdb ? { gdb } : {}),
    });
    if (reason) return reason === 'interrupted' ? ExitStatus.ok : exitCodeOfReason(reason);
    const exitCode = exitCodeOf(result!, false);
    const explanation = explain(result!, exitCode, []);
    if (explanation && sink.midLine) process.stdout.write('\n');
    if (explanation) process.stderr.write(`pocketvisor: ${explanation}\n`);
    return exitCode;
  } finally {
    worker.terminate();
  }
}

function sinkOf(serial: QemuRun['serial']) {
  switch (serial.kind) {
    case 'stdio':
      return stdoutSink();
    case 'file':
      return fileSink(serial.path, '-serial');
    case 'null':
      return nullSink;
  }
}
