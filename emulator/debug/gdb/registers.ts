/** `g`, `G`, `p`, `P`: registers in the order of the target description. `g` has those of GDB's own features, `p` has all. */
import { debugRegisters, generalRegisters } from '../target-description.ts';
import { errors, type Handler } from './context.ts';
import { hexOf, parseBytes, parseCount } from './text.ts';

export const readAll: Handler = ({ target, core }) =>
  generalRegisters.map((register) => hexOf(target.readRegister(core, register))).join('');

export const writeAll: Handler = ({ target, core }, rest) => {
  const bytes = parseBytes(rest);
  const size = generalRegisters.reduce((sum, { bits }) => sum + bits / 8, 0);
  if (bytes?.length !== size) return errors.invalid;
  let at = 0;
  for (const register of generalRegisters) {
    target.writeRegister(core, register, bytes.subarray(at, at + register.bits / 8));
    at += register.bits / 8;
  }
  return 'OK';
};

export const readOne: Handler = ({ target, core }, rest) => {
  const register = debugRegisters[parseCount(rest) ?? -1];
  return register ? hexOf(target.readRegister(core, register)) : errors.invalid;
};

/** `P n=value`. */
export const writeOne: Handler = ({ target, core }, rest) => {
  const [number = '', value = '', ...more] = rest.split('=');
  const register = debugRegisters[parseCount(number) ?? -1];
  const bytes = parseBytes(value);
  if (!register || bytes?.length !== register.bits / 8 || more.length > 0) return errors.invalid;
  return target.writeRegister(core, register, bytes) ? 'OK' : errors.invalid;
};
