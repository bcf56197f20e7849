import { dirname, resolve } from 'node:path';
import type { Mac } from '../../../emulator/machine/network-settings.ts';
import { UserError } from '../../../emulator/base/user-error.ts';
import type { BoardName } from '../../../emulator/machine/boards.ts';
import type { Problem } from '../../contract/index.ts';
import { checkValue, hasErrors, inOrder, parseText } from '../handset/check.ts';
import type { HandsetDocument, Path } from '../handset/document.ts';
import { readHandsetPlan } from '../handset/index.ts';
import { problem, problemsOf, type KnownKeys } from '../handset/issues.ts';
import { onBus } from '../handset/cell-devices.ts';
import { wire } from '../handset/schema-devices.ts';
import { nearest } from '../handset/suggest.ts';
import { WireReader } from '../handset/wire.ts';
import type { MachinePlan } from '../machines/plan.ts';
import { maxNics } from '../network/settings.ts';
import { maxLabMachines, type LabMachinePlan, type LabPlan } from './plan.ts';
import { lab as schema, machineFile, type Lab } from './schema.ts';

export interface CheckedFile {
  /** Errors and warnings, in the order of the text. */
  problems: Problem[];
  /** What the file describes: one of them, or none where there is an error. */
  plan?: MachinePlan;
  lab?: LabPlan;
}

/**
 * Checks the text of a handset file or a lab file, which has a key `lab`. `file` is its path: relative paths in it start there. `board` stands in
 * for a handset's.
 */
export function checkFile(text: string, file: string, board?: BoardName): CheckedFile {
  const parsed = parseText(text, file);
  if ('problems' in parsed) return parsed;
  const { document, value } = parsed;
  const isLab = typeof value === 'object' && value !== null && 'lab' in value;
  return isLab ? checkLab(document, value) : checkValue(document, value, board);
}

function checkLab(document: HandsetDocument, value: unknown): CheckedFile {
  const parsed = schema.safeParse(value);
  if (!parsed.success) return { problems: inOrder(problemsOf(document, value, parsed.error.issues, labKeys)) };
  const checker = new LabChecker(document);
  const lab = checker.check(parsed.data);
  return { problems: inOrder(checker.problems), ...(hasErrors(checker.problems) ? {} : { lab }) };
}

function labKeys(path: Path): KnownKeys {
  return { known: Object.keys(path.length === 0 ? schema.shape : wire.shape) };
}

/** What only the values of a lab together can tell. */
class LabChecker {
  readonly problems: Problem[] = [];
  readonly #document: HandsetDocument;

  constructor(document: HandsetDocument) {
    this.#document = document;
  }

  check({ lab: name, seed, machines, switches }: Lab): LabPlan {
    const plan: LabPlan = { name, seed, machines: [] };
    for (const [machine, value] of Object.entries(machines)) {
      const found = 'handset' in value ? this.#fromFile(machine, value) : this.#own(machine, value);
      if (!found) continue;
      // Two machines of one file shall not be twins.
      found.settings.seed = (found.settings.seed + plan.machines.length) >>> 0;
      plan.machines.push({ name: machine, plan: found, wires: [] });
    }
    const count = Object.keys(machines).length;
    if (count === 0) this.#error('missing-key', '"machines" is empty', ['machines'], 'add a machine');
    if (count > maxLabMachines) {
      this.#error('out-of-range', `${count} machines`, ['machines'], `a lab can have ${maxLabMachines}`);
    }
    // Of a machine with errors it is not known how many cards it has already.
    if (!hasErrors(this.problems)) for (const [name, wires] of Object.entries(switches)) this.#connect(plan, name, wires);
    return plan;
  }

  #own(name: string, value: object): MachinePlan | undefined {
    const { problems, plan } = checkValue(this.#document.part(['machines', name]), { ...value, handset: name });
    this.problems.push(...problems);
    return plan;
  }

  #fromFile(name: string, value: unknown): MachinePlan | undefined {
    const path = ['machines', name];
    const part = this.#document.part(path);
    const parsed = machineFile.safeParse(value);
    if (!parsed.success) {
      const keys = () => ({ known: Object.keys(machineFile.shape) });
      this.problems.push(...problemsOf(part, value, parsed.error.issues, keys));
      return undefined;
    }
    try {
      return { ...readHandsetPlan(resolve(dirname(this.#document.file), parsed.data.handset)), name };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#error(error.code, error.toLine(), [...path, 'handset'], undefined);
      return undefined;
    }
  }

  #connect(plan: LabPlan, name: string, wires: Lab['switches'][string]): void {
    const known = new Set<Mac>();
    for (const [machine, words] of Object.entries(wires)) {
      const path = ['switches', name, machine];
      const index = plan.machines.findIndex((each) => each.name === machine);
      const found = plan.machines[index];
      if (!found) {
        const near = nearest(
          machine,
          plan.machines.map((each) => each.name),
        );
        const range = this.#document.keyRange(path);
        const hint = near ? `did you mean ${near}?` : 'the keys of machines:';
        const message = `there is no machine "${machine}"`;
        this.problems.push(problem(this.#document, { code: 'unknown-machine', message, hint, range }));
        continue;
      }
      const mac = this.#addCard(found, index, name, words, path);
      if (known.has(mac)) this.#error('conflict', 'two cards at this switch have one address', path, 'mac: for one of them');
      known.add(mac);
    }
  }

  /** Gives a machine a card at a switch; answers its address. */
  #addCard(
    { plan, wires }: LabMachinePlan,
    index: number,
    name: string,
    words: Lab['switches'][string][string],
    path: Path,
  ): Mac {
    const nics = (plan.settings.nics ??= []);
    const { mac = labMac(index, nics.length), link } = new WireReader(this.#document, path, this.problems).wire(words ?? {});
    wires.push({ nic: nics.length, switch: name, link });
    nics.push({ mac, link: {}, network: { kind: 'wire' }, ...onBus(words ?? {}) });
    if (nics.length > maxNics) this.#error('out-of-range', `${nics.length} network cards`, path, `a machine can have ${maxNics}`);
    return mac;
  }

  #error(code: string, message: string, path: Path, hint: string | undefined): void {
    const range = this.#document.valueRange(path);
    this.problems.push(problem(this.#document, { code, message, hint, range }));
  }
}

/** QEMU's vendor, the machine's number from 1, the card's from 0: 52:54:00:00:01:00. */
const labMac = (machine: number, nic: number): Mac => 0x5254_0000_0000 + (machine + 1) * 0x100 + nic;
