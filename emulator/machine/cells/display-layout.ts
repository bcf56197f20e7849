/** For whoever describes a machine before it is. */
export { displayLayout, type DisplayLayout } from '../../hypervisor/display/layout.ts';
