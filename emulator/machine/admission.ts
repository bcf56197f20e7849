/** Whether cells can hold what their schedules promise, for whoever stands outside. */
export { admit, type AdmissionPlan, type AdmissionReport } from '../hypervisor/schedule/admission.ts';
export { admissionText } from '../hypervisor/schedule/admission-text.ts';
