import type { Feature } from '../base/feature.ts';

const modules = import.meta.glob<Feature>('../features/*/index.ts', { eager: true, import: 'default' });

/** Every feature: a folder is enough to have one. */
export const features: readonly Feature[] = Object.values(modules);
