import { defineFeature } from '../../base/feature.ts';
import Panel from './Panel.vue';

export default defineFeature({ id: 'editor', title: 'Handset file', place: 'center', component: Panel });
