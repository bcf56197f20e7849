import type { ListRegister } from '../gic/list-registers.ts';
import { LIST_REGISTERS, VIRTUAL_PRIORITY_BITS, type VirtualInterface } from '../gic/virtual-interface.ts';
import type { IccRegister } from './icc-registers.ts';
import type { GicV3Core } from './state.ts';

/** ICH_VTR_EL2: PRIbits, PREbits, INTIDs of 24 bits, A3V, no direct injection, TDIR is there; list registers. */
const VTR_BITS = ((VIRTUAL_PRIORITY_BITS - 1) << 29) | ((VIRTUAL_PRIORITY_BITS - 1) << 26);
const VTR = VTR_BITS | (1 << 23) | (1 << 21) | (1 << 20) | (1 << 19) | (LIST_REGISTERS - 1);

/** ICC_SRE_EL2: SRE, DFB, DIB and Enable are fixed, for there is no other interface. */
const SRE = 0b1111;

const PRIORITY_MASK = (0xff << (8 - VIRTUAL_PRIORITY_BITS)) & 0xff;
const PHYSICAL_ID = 0x1fff;
const VIRTUAL_ID = 0xff_ffff;
/** Of the upper half of ICH_LR<n>_EL2. */
const END = 1 << 9;
const GROUP1 = 1 << 28;
const HARDWARE = 1 << 29;

function getHigh(lr: ListRegister): number {
  const physical = lr.hardware ? lr.physicalId : lr.signalsEnd ? END : 0;
  return (lr.state << 30) | (lr.hardware ? HARDWARE : 0) | (lr.group ? GROUP1 : 0) | (lr.priority << 16) | physical;
}

function setListRegister(lr: ListRegister, low: number, high: number): void {
  lr.state = high >>> 30;
  lr.hardware = (high & HARDWARE) !== 0;
  lr.group = high & GROUP1 ? 1 : 0;
  lr.priority = (high >>> 16) & PRIORITY_MASK;
  lr.physicalId = lr.hardware ? high & PHYSICAL_ID : 0;
  lr.signalsEnd = !lr.hardware && (high & END) !== 0;
  lr.virtualId = low & VIRTUAL_ID;
}

interface Row {
  readonly read: (own: VirtualInterface) => number;
  readonly readHigh?: (own: VirtualInterface) => number;
  readonly write?: (own: VirtualInterface, low: number, high: number) => void;
}

const active = (group: 0 | 1): Row => ({
  read: ({ cpu }) => cpu.getActivePriorities(group, 0),
  write: ({ cpu }, low) => cpu.setActivePriorities(group, 0, low),
});

const listRegister = (n: number): Row => ({
  read: ({ lists }) => (lists.registers[n] as ListRegister).virtualId,
  readHigh: ({ lists }) => getHigh(lists.registers[n] as ListRegister),
  write: (own, low, high) => {
    setListRegister(own.lists.registers[n] as ListRegister, low, high);
    own.changed();
  },
});

/** The control of the virtual CPU interface by Arm's names (IHI 0069, "AArch64 virtualization control System registers"). */
const rows: Readonly<Record<string, Row>> = {
  ICH_HCR_EL2: { read: (own) => own.getControl(), write: (own, low) => own.setControl(low) },
  ICH_VTR_EL2: { read: () => VTR },
  ICH_MISR_EL2: { read: (own) => own.maintenanceStatus },
  ICH_EISR_EL2: { read: ({ lists }) => lists.ended },
  ICH_ELRSR_EL2: { read: ({ lists }) => lists.free },
  ICH_VMCR_EL2: { read: (own) => own.getMachineControl(), write: (own, low) => own.setMachineControl(low) },
  ICH_AP0R0_EL2: active(0),
  ICH_AP1R0_EL2: active(1),
  ...Object.fromEntries(Array.from({ length: LIST_REGISTERS }, (_, n) => [`ICH_LR${n}_EL2`, listRegister(n)])),
};

const virtual = (core: GicV3Core): VirtualInterface => core.virtual as VirtualInterface;

/** The registers of EL2, for a GIC with virtualization. */
export const ichRegisters: Readonly<Record<string, IccRegister>> = {
  ...Object.fromEntries(
    Object.entries(rows).map(([name, { read, readHigh, write }]) => [
      name,
      {
        read: (core: GicV3Core) => read(virtual(core)),
        ...(readHigh ? { readHigh: (core: GicV3Core) => readHigh(virtual(core)) } : {}),
        ...(write ? { write: (core: GicV3Core, low: number, high: number) => write(virtual(core), low, high) } : {}),
      },
    ]),
  ),
  ICC_SRE_EL2: { read: () => SRE, write: () => {} },
};
