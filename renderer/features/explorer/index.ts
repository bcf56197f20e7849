import { defineFeature } from '../../base/feature.ts';
import Panel from './Panel.vue';

export default defineFeature({ id: 'explorer', title: 'Handsets', place: 'left', component: Panel });
