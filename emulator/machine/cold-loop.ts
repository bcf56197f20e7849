/** The code of the cold tier's loop, for whoever keeps it for {@link MachineHost.coldLoop}. */
export { coldLoop } from '../exec/cold/engine.ts';
