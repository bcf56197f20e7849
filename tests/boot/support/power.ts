/**
 * A program for one core that is suspended by PSCI again and again, each time until its timer wants it: as a power-down state of CPU_SUSPEND, with
 * its interrupt pending before (which wakes at once), and as SYSTEM_SUSPEND. It counts the resumptions at COUNT, and powers off after the last.
 */
import { deviceTree } from '../../../emulator/boards/device-tree.ts';
import { node, setProperty, writeFdt } from '../../../emulator/boards/fdt.ts';
import { virt } from '../../../emulator/boards/virt.ts';
import { Assembler } from './assembler.ts';

export const BASE = 0x4100_0000;
/** Where the program counts, and where it notes the counter at each resumption. */
export const COUNT = BASE + 0x1000;
export const RESUMPTIONS = 9;
/** Ticks of 16 ns for which it is suspended. */
export const TICKS = 1000;

const CPU_SUSPEND = 0xc400_0001;
const SYSTEM_OFF = 0x8400_0008;
const SYSTEM_SUSPEND = 0xc400_000e;
const POWER_DOWN = 0x1_0000;

const GICD = 0x0800_0000;
const GICR_SGI = 0x080b_0000;
const VIRTUAL_TIMER = 1 << 27;

export function suspendProgram(): Uint8Array {
  const a = new Assembler(BASE);
  // The virtual timer's interrupt is of Group 1 and enabled; the CPU interface masks everything, as Linux has it while it suspends.
  const store = (address: number, value: number): void => {
    a.mov(1, address);
    a.mov(2, value);
    a.strw(2, 1);
  };
  store(GICD, 0x12);
  store(GICR_SGI + 0x80, VIRTUAL_TIMER);
  store(GICR_SGI + 0x100, VIRTUAL_TIMER);

  a.mov(0, 0);
  a.label('resumed');
  // X0 is the context: how often this has happened.
  a.movReg(20, 0);
  a.mov(21, COUNT);
  a.str(20, 21);
  a.mrs(22, 'CNTVCT_EL0');
  a.lsl(23, 20, 3);
  a.add(23, 23, 21);
  a.str(22, 23, 8);
  a.cmpi(20, RESUMPTIONS);
  a.bIf('eq', 'off');
  // The timer was left as it was: its interrupt is pending until it is set anew.
  a.mov(24, TICKS);
  a.add(22, 22, 24);
  a.tbnz(20, 0, 'pending');
  a.msr('CNTV_CVAL_EL0', 22);
  a.label('pending');
  a.mov(24, 1);
  a.msr('CNTV_CTL_EL0', 24);
  a.adr(2, 'resumed');
  a.addi(3, 20, 1);
  a.tbnz(20, 1, 'system');
  a.mov(0, CPU_SUSPEND);
  a.mov(1, POWER_DOWN);
  a.hvc(0);
  a.b('off');
  a.label('system');
  a.mov(0, SYSTEM_SUSPEND);
  a.movReg(1, 2);
  a.movReg(2, 3);
  a.hvc(0);
  a.label('off');
  a.mov(0, SYSTEM_OFF);
  a.hvc(0);
  return a.bytes();
}

/**
 * The device tree of a machine with 512 MiB and two cores whose kernel may let them idle in a stand-by and in a power-down state (Linux:
 * Documentation/devicetree/bindings/cpu/idle-states.yaml). The board's own tree has none, as QEMU's.
 */
export function treeWithIdleStates(gic: 2 | 3): Uint8Array {
  const root = deviceTree(virt, { cpus: 2, memory: 512 << 20, gic, el: 1, cpu: 'cortex-a57', seed: 1, psci: 'hvc', its: false });
  const cpus = root.children.find(({ name }) => name === 'cpus')!;
  const state = (name: string, phandle: number, parameter: number, us: number) =>
    node(name, {
      ...{ compatible: 'arm,idle-state', phandle, 'arm,psci-suspend-param': parameter },
      ...{ 'entry-latency-us': us, 'exit-latency-us': us, 'min-residency-us': 4 * us },
    });
  const [standBy, powerDown] = [0x9000, 0x9001];
  for (const cpu of cpus.children.filter(({ name }) => name.startsWith('cpu@'))) {
    setProperty(cpu, 'cpu-idle-states', [standBy, powerDown]);
  }
  const states = [state('stand-by', standBy, 1, 10), state('power-down', powerDown, POWER_DOWN | 2, 100)];
  cpus.children.push(node('idle-states', { 'entry-method': 'psci' }, ...states));
  return writeFdt(root);
}
