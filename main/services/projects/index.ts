import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, realpathSync, statSync, unwatchFile, watchFile, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve, sep } from 'node:path';
import { UserError } from '../../../emulator/base/user-error.ts';
import type { Document, Problem, Project } from '../../contract/index.ts';
import type { UserFolders } from '../folders.ts';
import { describeHandset, moveHandset, readHandsetText } from '../handset/index.ts';
import type { Hub } from '../hub.ts';
import { checkFile, readMachine } from '../lab/index.ts';
import { defaultHandset } from './default-handset.ts';
import { readJsonFile, writeJsonFile } from '../json-file.ts';
import type { MachinePlan } from '../machines/plan.ts';
import { examplesFolder } from '../product.ts';

const maxRecent = 20;
const watchEveryMs = 1000;

/**
 * Handset files. A screen names them by an id that it got from here, and can only open what lies in a folder that the host grants:
 * the examples, the user's handsets, and those that `grant` was called for.
 */
export class ProjectsService {
  readonly #folders: UserFolders;
  readonly #hub: Hub;
  readonly #granted: string[];
  readonly #files = new Map<string, string>();
  readonly #watched = new Set<string>();
  #recent: string[];

  constructor(folders: UserFolders, hub: Hub) {
    this.#folders = folders;
    this.#hub = hub;
    this.#granted = [examplesFolder, folders.handsets];
    const recent = readJsonFile(this.#recentFile());
    this.#recent = Array.isArray(recent) ? recent.filter((path) => typeof path === 'string' && isHandsetFile(path)) : [];
    // What a person once opened by its path stays within reach.
    this.#granted.push(...this.#recent.map((path) => dirname(path)));
  }

  /** From now on handset files in this folder and below may be opened. */
  grant(folder: string): void {
    this.#granted.push(resolve(folder));
  }

  list(): Project[] {
    const examples = listFolder(examplesFolder);
    const own = listFolder(this.#folders.handsets);
    const recent = this.#recent.filter((path) => existsSync(path));
    return [...new Set([...examples, ...recent, ...own])].map((path) => this.#describe(path));
  }

  /** What is shown where nobody named a handset. */
  default(): Project | undefined {
    const path = defaultHandset();
    return path === undefined ? undefined : this.#describe(path);
  }

  open(path: string): Project {
    const full = this.#within(path);
    const project = this.#describe(full);
    if (!project.example) this.#remember(full);
    this.#watch(project.id, full);
    return project;
  }

  copy(id: string, name: string): Project {
    const from = this.#path(id);
    if (!/^[\w][\w .-]*$/.test(name)) {
      throw new UserError('bad-name', `${JSON.stringify(name)} cannot be the name of a file`, {
        hint: 'letters, digits, - and _',
      });
    }
    const path = join(this.#folders.handsets, `${name.replace(/\.ya?ml$/, '')}.yaml`);
    const text = moveHandset(readHandsetText(from), from, path);
    mkdirSync(this.#folders.handsets, { recursive: true });
    try {
      writeFileSync(path, text, { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new UserError('exists', `there is a handset called ${name} already`, { hint: 'choose another name' });
    }
    return this.open(path);
  }

  read(id: string): Document {
    const text = readHandsetText(this.#path(id));
    return { text, version: versionOf(text) };
  }

  save(id: string, text: string, version: string): { version: string } {
    const path = this.#path(id);
    if (isExample(path)) throw new UserError('read-only', 'an example cannot be changed', { hint: 'make a copy of it' });
    if (existsSync(path) && versionOf(readHandsetText(path)) !== version) {
      throw new UserError('changed-on-disk', `${basename(path)} was changed on disk meanwhile`, {
        hint: 'read it again, or copy your text',
      });
    }
    writeFileSync(path, text);
    return { version: versionOf(text) };
  }

  check(id: string, text?: string): Problem[] {
    const path = this.#path(id);
    return checkFile(text ?? readHandsetText(path), path).problems;
  }

  plan(id: string): MachinePlan {
    return readMachine(this.#path(id));
  }

  close(): void {
    for (const path of this.#watched) unwatchFile(path);
  }

  #describe(path: string): Project {
    const id = createHash('sha256').update(path).digest('hex').slice(0, 16);
    this.#files.set(id, path);
    const { name, description } = describeHandset(readHandsetText(path), path);
    return { id, name: name ?? basename(path, extname(path)), path, example: isExample(path), description };
  }

  #path(id: string): string {
    const path = this.#files.get(id);
    if (path === undefined) throw new UserError('unknown-project', 'there is no such project', { hint: 'open it first' });
    return path;
  }

  /** The real path of a file that a screen may open. */
  #within(path: string): string {
    if (!isHandsetFile(path)) throw new UserError('not-a-handset', `${path} is not a handset file`, { hint: 'a .yaml file' });
    const full = realPath(resolve(path));
    const granted = this.#granted.some((folder) => full.startsWith(`${realPath(folder)}${sep}`));
    if (granted) return full;
    const hint = 'start Pocketvisor in that folder, or name the file when starting it';
    throw new UserError('not-granted', `${path} lies in a folder that was not granted`, { hint });
  }

  #remember(path: string): void {
    this.#recent = [path, ...this.#recent.filter((other) => other !== path)].slice(0, maxRecent);
    writeJsonFile(this.#recentFile(), this.#recent);
  }

  #recentFile(): string {
    return join(this.#folders.config, 'recent.json');
  }

  #watch(project: string, path: string): void {
    if (this.#watched.has(path)) return;
    this.#watched.add(path);
    watchFile(path, { interval: watchEveryMs, persistent: false }, () => {
      if (existsSync(path)) this.#hub.broadcast('problems', { project, problems: this.check(project) });
    });
  }
}

function isHandsetFile(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

function isExample(path: string): boolean {
  return path.startsWith(`${realPath(examplesFolder)}${sep}`) || path.startsWith(`${examplesFolder}${sep}`);
}

function listFolder(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder)
    .filter(isHandsetFile)
    .sort()
    .map((name) => join(folder, name));
}

function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

function versionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
