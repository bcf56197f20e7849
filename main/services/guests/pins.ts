/**
 * The packages that are fetched where there is no apt: Debian 12 as of its security updates of November 2026. The hashes are those of
 * Debian's signed package lists.
 */

export interface PinnedPackage {
  readonly name: string;
  readonly archive: 'debian' | 'debian-security';
  /** Below the archive's top. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** A moment at which the snapshot archive has all of them; it keeps what the archive itself has dropped. */
export const snapshotTime = '20261124T000000Z';

const kernels = 'pool/updates/main/l/linux-signed-arm64';

export const pins: readonly PinnedPackage[] = [
  {
    name: 'linux-image-6.1.0-56-cloud-arm64',
    archive: 'debian-security',
    path: `${kernels}/linux-image-6.1.0-56-cloud-arm64_6.1.192-2_arm64.deb`,
    size: 21347940,
    sha256: '481ab54a27246579aadeb372315c56de02f2fe0cba4e09b387946269fff2f415',
  },
  {
    name: 'linux-image-6.1.0-56-rt-arm64',
    archive: 'debian-security',
    path: `${kernels}/linux-image-6.1.0-56-rt-arm64_6.1.192-2_arm64.deb`,
    size: 58988140,
    sha256: 'f48444034d0a69805beb3ca2c408479dfbcdb78bd582a98b222ad773017d8a88',
  },
  {
    name: 'linux-image-6.1.0-56-arm64',
    archive: 'debian-security',
    path: `${kernels}/linux-image-6.1.0-56-arm64_6.1.192-2_arm64.deb`,
    size: 59812568,
    sha256: '6f4ed2d1cb9106bc977c2b1960008f175e2eed5740340634b7894e65ef5acc82',
  },
  {
    name: 'xen-hypervisor-4.17-arm64',
    archive: 'debian-security',
    path: 'pool/updates/main/x/xen/xen-hypervisor-4.17-arm64_4.17.7+13-g2445b30a44-0+deb12u1_arm64.deb',
    size: 325828,
    sha256: 'f76507aca2df2c1870d492406724e812f2b7ab822ee9a24c7634fc3e2cb1100e',
  },
  {
    name: 'busybox-static',
    archive: 'debian',
    path: 'pool/main/b/busybox/busybox-static_1.35.0-4+deb12u1+b1_arm64.deb',
    size: 822236,
    sha256: '732c9135564fc71337e0e05fb4da4d11e6c28c1834bce3e405e575afef2a52f5',
  },
  {
    name: 'rt-tests',
    archive: 'debian',
    path: 'pool/main/r/rt-tests/rt-tests_2.4-1_arm64.deb',
    size: 135028,
    sha256: 'da18caa11795ca6b9c10bb6249c1790b985b49d301c3a9f4fb484385411cefce',
  },
  {
    name: 'libnuma1',
    archive: 'debian',
    path: 'pool/main/n/numactl/libnuma1_2.0.16-1_arm64.deb',
    size: 20312,
    sha256: 'b4ed2547f387eb2e97d13c0b423b034d2a4d052b2131dfe043e45a84915452c5',
  },
  {
    name: 'libc6',
    archive: 'debian',
    path: 'pool/main/g/glibc/libc6_2.36-9+deb12u14_arm64.deb',
    size: 2324660,
    sha256: '01f4330719fd4f65580e16ea5a0527f372fca750e8f588d26deaf09f2d3b1cf4',
  },
];
