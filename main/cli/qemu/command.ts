import { linesOf } from '../../services/serial/backend.ts';
import { WavFile } from '../../services/sound/wav-file.ts';
import { loadPlan } from '../../services/machines/load.ts';
import { spawnMachine, type SpawnMachine } from '../../services/machines/worker.ts';
import { ExitStatus } from '../failure.ts';
import { exitCodeOf, explain } from '../run/report.ts';
import { openNetwork } from '../run/network.ts';
import { exitCodeOfReason, runSession } from '../run/session.ts';
import { openStreams } from '../run/streams.ts';
import { idlePace } from '../run/terminal.ts';
import { parseQemu } from './parse.ts';

const help = `Usage: pocketvisor qemu [options of qemu-system-aarch64]

Runs a command line of qemu-system-aarch64 -M virt. The console is standard input and output. Known are:

  -M virt[,gic-version=2|3|max][,its=on|off]   -cpu cortex-a53|cortex-a57|cortex-a72|max   -smp N   -m SIZE
  -kernel F  -initrd F  -append TEXT  -dtb F  -bios F
  -drive file=F[,if=none|virtio][,id=I][,format=raw][,readonly=on][,snapshot=on]   -snapshot
  -drive if=pflash,file=F[,unit=0|1][,format=raw][,readonly=on][,snapshot=on]
  -device virtio-blk-pci,drive=I | virtio-net-pci,netdev=I[,mac=M] | virtio-rng-pci
          | virtio-gpu-pci[,xres=W][,yres=H][,edid=on|off]
          | virtio-keyboard-pci | virtio-tablet-pci | virtio-mouse-pci | virtio-multitouch-pci   [,addr=SLOT][,disable-legacy=on]
          | virtio-blk-device, virtio-net-device and so on: the same in slots of virtio-mmio
          | ramfb
          | loader,file=F[,addr=A][,cpu-num=0]
  -device virtio-serial-device[,id=I][,max_ports=N] | virtconsole[,chardev=I][,name=N][,nr=N]
          | virtserialport,chardev=I,name=N[,nr=N]
  -serial stdio|mon:stdio|file:F|unix:P|tcp:H:P|null|none|chardev:I
  -chardev stdio|null|file,path=F[,input-path=F]|socket,path=P|socket,host=H,port=N[,server=on[,wait=off]],id=I
  -netdev user,id=I[,hostfwd=tcp:[ADDR]:PORT-[ADDR]:PORT][,restrict=on][,net=][,host=][,dns=][,dhcpstart=]
  -netdev socket,id=I,listen=[HOST]:PORT | connect=HOST:PORT
  -nic none | user[,mac=M][,hostfwd=...] | socket[,mac=M],listen=...|connect=...
  -device virtio-sound-device[,audiodev=I]   -audiodev wav,id=I[,path=F] | none,id=I
  -nographic  -nodefaults  -display none  -vga none  -no-reboot  -accel tcg  -icount ...
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
  const { plan, serial, wires, gdb, paused, soundFile } = parseQemu(args);
  const lines = [
    { name: 'serial0', role: '-serial', backend: serial },
    ...linesOf(plan.serial).map(({ name, port }) => ({ name, role: '-chardev', backend: port.backend })),
  ];
  const worker = spawn();
  try {
    const machine = loadPlan(plan);
    const network = await openNetwork(machine.config, wires);
    const sound = soundFile === undefined ? undefined : new WavFile(soundFile, '-audiodev wav,path=');
    const streams = await openStreams(lines);
    const stdio = lines.findIndex(({ backend }) => backend.kind === 'stdio');
    const inputStream = stdio < 0 ? undefined : stdio;
    const { result, reason } = await runSession(worker, {
      machine,
      script: { sends: [], expects: [] },
      speed: 'max',
      paceIdle: streams.mayAnswer ? 'always' : inputStream === undefined ? 'never' : idlePace(),
      ...{ streams, inputs: inputStream === undefined ? [] : [{ stream: inputStream, name: 'the console' }] },
      ...{ network, sound },
      paused,
      ...(gdb ? { gdb } : {}),
    });
    if (reason) return reason === 'interrupted' ? ExitStatus.ok : exitCodeOfReason(reason);
    const exitCode = exitCodeOf(result!, false);
    const explanation = explain(result!, exitCode, []);
    if (explanation && streams.midLine) process.stdout.write('\n');
    if (explanation) process.stderr.write(`pocketvisor: ${explanation}\n`);
    return exitCode;
  } finally {
    worker.terminate();
  }
}
