import { useMachines } from '../../api/machines.ts';
import { defineFeature } from '../../base/feature.ts';
import Panel from './Panel.vue';

export default defineFeature({
  id: 'cells',
  title: 'Cells',
  place: 'bottom',
  component: Panel,
  comesForward: () => useMachines().current?.status.cells !== undefined,
});
