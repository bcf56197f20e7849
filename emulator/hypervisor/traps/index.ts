/** What is done with an exception that is taken to EL2, by its class (DDI 0487 D19.2.37). */
import type { Entry, Verdict } from '../entry.ts';
import { fetchAbort, memoryAbort } from './memory-abort.ts';
import { systemRegister } from './system-register.ts';
import { call, secureCall } from './call.ts';
import { wait } from './wait.ts';

export interface Trap {
  readonly ec: number;
  readonly name: string;
  readonly handle: (entry: Entry) => Verdict;
}

export const traps: readonly Trap[] = [
  { ec: 0x01, name: 'WFI and WFE', handle: wait },
  { ec: 0x16, name: 'HVC', handle: call },
  { ec: 0x17, name: 'SMC', handle: secureCall },
  { ec: 0x18, name: 'system registers', handle: systemRegister },
  { ec: 0x20, name: 'instruction aborts', handle: fetchAbort },
  { ec: 0x24, name: 'data aborts', handle: memoryAbort },
];
