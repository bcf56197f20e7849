import { defineFeature } from '../../base/feature.ts';
import Panel from './Panel.vue';

export default defineFeature({ id: 'problems', title: 'Problems', place: 'bottom', component: Panel });
