/** `--input` and `--send-key`: devices under a person's hands, and what a script does with them. */
import { hidKinds } from '../../../emulator/base/hid.ts';
import { keySequence } from '../../../emulator/base/key-sequence.ts';
import { UserError } from '../../../emulator/base/user-error.ts';
import type { InputConfig, Script } from '../../../emulator/machine/types.ts';
import { limits } from '../../services/machines/plan.ts';
import { optionError } from '../failure.ts';

/** Each a device. */
export function parseInputs(texts: readonly string[]): InputConfig[] {
  return texts.map((text) => {
    const kind = hidKinds.find((known) => known === text);
    if (!kind) throw optionError('--input', `${JSON.stringify(text)} will not do`, `one of: ${hidKinds.join(', ')}`);
    return { kind };
  });
}

/** Fails for more than a machine can have. */
export function checkInputs(option: string, inputs: readonly InputConfig[]): void {
  if (inputs.length > limits.maxInputs) throw optionError(option, `a machine can have ${limits.maxInputs} input devices`);
}

/** `REGEX=>KEYS`, split at the last `=>`. `checkPattern` answers the pattern, or fails. */
export function parseSendKey(text: string, checkPattern: (pattern: string) => string): NonNullable<Script['sendKeys']>[number] {
  const at = text.lastIndexOf('=>');
  if (at < 0) throw optionError('--send-key', `${JSON.stringify(text)} has no =>`, "--send-key 'ready=>a b ret'");
  try {
    return { pattern: checkPattern(text.slice(0, at)), keys: keySequence(text.slice(at + 2)) };
  } catch (error) {
    if (error instanceof UserError && error.code === 'unknown-key') throw optionError('--send-key', error.message, error.hint);
    throw error;
  }
}
