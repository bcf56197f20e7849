/**
 * Builds the guests of our own: `node resources/guests/build.ts`. Each has C, assembly and one linker script, and what comes of it is
 * committed, so that nobody needs a compiler to run it. The same sources give the same bytes: no dates, no paths, no debug information.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCpio } from '../../main/services/guests/cpio.ts';

interface Recipe {
  /** Folders and files beside this one. */
  readonly sources: readonly string[];
  readonly script: string;
  /** What is committed: an ELF, or an initial RAM disk that has it as its only program. */
  readonly output: string;
  readonly program?: string;
  /** A flat image that runs where it is loaded, in place of an ELF (rtos/image.ld). */
  readonly image?: boolean;
}

const metal = ['hello/start.S', 'hello/board.c', 'hello/text.c', 'lib/metal'];

const recipes = {
  hello: { sources: ['hello'], script: 'hello/hello.ld', output: 'hello/hello.elf' },
  'hello-image': { sources: ['hello/image', 'hello'], script: 'rtos/image.ld', output: 'hello/hello.img', image: true },
  litmus: { sources: ['litmus'], script: 'litmus/litmus.ld', output: 'litmus/litmus.elf' },
  sketch: {
    sources: ['hello/start.S', 'hello/board.c', 'hello/gic.c', 'hello/uart.c', 'hello/text.c', 'lib/picture', 'sketch'],
    script: 'sketch/sketch.ld',
    output: 'sketch/sketch.elf',
  },
  rtos: { sources: ['rtos/kernel', 'rtos/selftest'], script: 'rtos/image.ld', output: 'rtos/selftest.img', image: true },
  storage: {
    sources: ['rtos/kernel', 'lib/virtio/transport.c', 'storage'],
    script: 'rtos/image.ld',
    output: 'storage/storage.img',
    image: true,
  },
  seam: { sources: ['rtos/kernel', 'seam'], script: 'rtos/image.ld', output: 'seam/seam.img', image: true },
  baseband: {
    sources: ['rtos/kernel', 'lib/a51', 'lib/gsm0610', 'lib/link', 'baseband'],
    script: 'rtos/image.ld',
    output: 'baseband/baseband.img',
    image: true,
  },
  'bench-metal': {
    sources: [...metal, 'bench/metal', 'bench/kernels'],
    script: 'bench/metal/metal.ld',
    output: 'bench/metal.elf',
  },
  'bench-linux': {
    sources: ['hello/text.c', 'bench/linux', 'bench/kernels'],
    script: 'bench/linux/linux.ld',
    output: 'bench/linux.cpio',
    program: 'bench',
  },
  picture: {
    sources: ['hello/text.c', 'bench/linux/start.S', 'lib/drm', 'picture'],
    script: 'bench/linux/linux.ld',
    output: 'picture/picture.cpio',
    program: 'picture',
  },
  ui: {
    sources: ['rtos/kernel', 'lib/picture', 'lib/virtio', 'ui'],
    script: 'rtos/image.ld',
    output: 'ui/ui.img',
    image: true,
  },
  bank: {
    sources: ['hello/text.c', 'bench/linux/start.S', 'lib/drm', 'bank'],
    script: 'bench/linux/linux.ld',
    output: 'bank/bank.cpio',
    program: 'bank',
  },
  vectors: {
    sources: [...metal, 'lib/gsm0610', 'lib/a51', 'lib/aes', 'lib/sha256', 'lib/signals', 'vectors'],
    script: 'lib/metal/metal.ld',
    output: 'vectors/vectors.elf',
  },
  attacker: {
    sources: [...metal, 'hello/gic.c', 'attacker', 'victim/registers.S'],
    script: 'lib/metal/metal.ld',
    output: 'attacker/attacker.elf',
  },
  victim: { sources: [...metal, 'victim'], script: 'lib/metal/metal.ld', output: 'victim/victim.elf' },
  deadline: { sources: ['rtos/kernel', 'deadline'], script: 'rtos/image.ld', output: 'deadline/deadline.img', image: true },
  voice: {
    sources: ['hello/text.c', 'bench/linux/start.S', 'lib/link', 'lib/signals', 'voice'],
    script: 'bench/linux/linux.ld',
    output: 'voice/voice.cpio',
    program: 'voice',
  },
  pin: {
    sources: ['rtos/kernel', 'lib/picture', 'lib/virtio', 'lib/screen', 'lib/aes', 'lib/sha256', 'pin'],
    script: 'rtos/image.ld',
    output: 'pin/pin.img',
    image: true,
  },
} as const satisfies Record<string, Recipe>;

export type Guest = keyof typeof recipes;
export const guests = Object.keys(recipes) as Guest[];

/** What is committed of a guest. */
export const guestFile = (guest: Guest): string => join(import.meta.dirname, recipes[guest].output);

const compilerFlags = [
  ...['--target=aarch64-none-elf', '-std=c17', '-O2'],
  ...['-ffreestanding', '-fno-pic', '-fno-asynchronous-unwind-tables', '-fno-ident', '-Wall', '-Wextra', '-Werror'],
];
/** What runs while the MMU is off, where memory is Device, or before floating point is on. */
const earlyFlags = ['-march=armv8-a', '-mgeneral-regs-only', '-mstrict-align'];
const imageFlags = ['-fpie', '-fvisibility=hidden'];
const imageLinkerFlags = ['-pie', '--no-dynamic-linker', '-z', 'norelro', '--oformat', 'binary'];
/** Each workload shall be what its name says: SIMD where it was asked for. */
const benchFlags = ['-march=armv8-a+crypto', '-fno-vectorize', '-fno-slp-vectorize', '-fno-math-errno'];
const linkerFlags = ['--strip-all', '--build-id=none', '-z', 'max-page-size=4096', '-z', 'noexecstack'];

/** The major version whose bytes are committed (Debian 12's): another compiler gives another program, as good but not the same. */
export const clangMajor = 14;

/** Of the clang that is installed; undefined where there is none. */
export function installedClangMajor(): number | undefined {
  const { stdout } = spawnSync('clang', ['--version'], { encoding: 'utf8' });
  const major = /version (\d+)\./.exec(stdout ?? '')?.[1];
  return major === undefined ? undefined : Number(major);
}

/** In place of the flags above that would take from a debugger what it shows. */
const debugFlags = ['-O0', '-g', '-fno-omit-frame-pointer'];

/** Writes what is committed of the guest to `output`; with `debug`, a program for debuggers instead. Needs clang and ld.lld. */
export function buildGuest(guest: Guest, output: string, { debug = false } = {}): void {
  const { sources, script, program, image = false }: Recipe = recipes[guest];
  const objects = mkdtempSync(join(tmpdir(), 'pocketvisor-guest-'));
  try {
    const compiled = sources.flatMap(sourceFiles).map((source, at) => {
      const object = join(objects, `${at}.o`);
      const flags = /^bench.(kernels|linux)/.test(source) ? benchFlags : earlyFlags;
      run('clang', [...compilerFlags, ...flags, ...(image ? imageFlags : []), ...(debug ? debugFlags : []), '-c', source, '-o', object]);
      return object;
    });
    const options = [...(debug ? linkerFlags.filter((flag) => flag !== '--strip-all') : linkerFlags), ...(image ? imageLinkerFlags : [])];
    run('ld.lld', [...options, '-T', script, ...compiled, '-o', output]);
    if (program) {
      const bytes = readFileSync(output);
      writeFileSync(output, writeCpio([{ kind: 'folder', path: 'dev' }, { kind: 'file', path: program, bytes, executable: true }]));
    }
    chmodSync(output, 0o644);
  } finally {
    rmSync(objects, { recursive: true, force: true });
  }
}

function run(program: string, args: string[]): void {
  execFileSync(program, args, { cwd: import.meta.dirname, stdio: 'inherit' });
}

/** A file as it is; of a folder all C and assembly. */
function sourceFiles(source: string): string[] {
  if (/\.[cS]$/.test(source)) return [source];
  const names = readdirSync(join(import.meta.dirname, source)).filter((name) => /\.[cS]$/.test(name));
  return names.sort().map((name) => `${source}/${name}`);
}

if (import.meta.main) {
  const wanted = process.argv.slice(2);
  for (const guest of guests) if (wanted.length === 0 || wanted.includes(guest)) buildGuest(guest, guestFile(guest));
}
