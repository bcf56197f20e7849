/** The guests that can be fetched: Debian's own arm64 packages, and initial RAM disks that are made of them. */

export interface CatalogEntry {
  readonly name: string;
  readonly description: string;
  /** What has to be downloaded for it: packages, and kernels by their flavour (whose package's name changes with each version). */
  readonly packages: readonly string[];
  readonly kernels: readonly Flavour[];
}

export type Flavour = 'cloud' | 'rt' | 'full';

export const flavours: readonly Flavour[] = ['cloud', 'rt', 'full'];

/** The package that always depends on the newest kernel of a flavour. */
export const metaPackages: Record<Flavour, string> = {
  cloud: 'linux-image-cloud-arm64',
  rt: 'linux-image-rt-arm64',
  full: 'linux-image-arm64',
};

export const catalog: readonly CatalogEntry[] = [
  { name: 'Image-cloud', description: "Debian's kernel for virtual machines", packages: [], kernels: ['cloud'] },
  { name: 'Image-rt', description: "Debian's PREEMPT_RT kernel", packages: [], kernels: ['rt'] },
  { name: 'Image-full', description: "Debian's kernel for all machines", packages: [], kernels: ['full'] },
  { name: 'xen', description: 'the Xen hypervisor', packages: ['xen-hypervisor-4.17-arm64'], kernels: [] },
  {
    name: 'initramfs.cpio.gz',
    description: 'busybox, cyclictest and virtio modules for all three kernels',
    packages: ['busybox-static', 'rt-tests', 'libnuma1', 'libc6'],
    kernels: flavours,
  },
  { name: 'initramfs-mini.cpio.gz', description: 'busybox alone, for small machines', packages: ['busybox-static'], kernels: [] },
];

/** `linux-image-6.1.0-56-cloud-arm64` is of flavour cloud. */
export function flavourOf(packageName: string): Flavour | undefined {
  const match = /^linux-image-[\d.]+(?:-[\d.]+|\+deb\d+)*(?:-(cloud|rt))?-arm64$/.exec(packageName);
  return match ? ((match[1] as Flavour | undefined) ?? 'full') : undefined;
}
