import type { Work } from '../operations/index.ts';
import type { Flavour } from './catalog.ts';

/** Where packages come from: apt, or the archive over HTTPS. */
export interface PackageSource {
  /** Puts the packages into `folder`; answers the file of each by its package's name. Files that are there whole are kept. */
  download(wanted: Wanted, folder: string, work: Work): Promise<Map<string, string>>;
}

export interface Wanted {
  packages: readonly string[];
  kernels: readonly Flavour[];
}
