import { defineFeature } from '../../base/feature.ts';
import Panel from './Panel.vue';

export default defineFeature({ id: 'console', title: 'Console', place: 'right', component: Panel });
