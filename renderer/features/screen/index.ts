import { defineFeature } from '../../base/feature.ts';
import Panel from './Panel.vue';
import { useScreens } from './store.ts';

export default defineFeature({
  id: 'screen',
  title: 'Screen',
  place: 'center',
  component: Panel,
  // Of a guest that begins to draw one wants to see it.
  comesForward: () => useScreens().isDrawn,
});
