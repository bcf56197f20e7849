/** What a session needs only when somebody looks, or something died: loaded then, for the time to the first instruction counts. */
export { Monitor } from '../../debug/monitor/monitor.ts';
export { DebugSession } from '../debug-session.ts';
export { explainDeath, explainParked } from './explain-death.ts';
export { monitorTarget } from './monitor-target.ts';
