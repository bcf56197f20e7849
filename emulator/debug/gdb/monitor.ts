/** `qRcmd`: what a person types behind GDB's `monitor` is a line of ours. */
import { decodeUtf8 } from '../../base/utf8.ts';
import { errors, type Handler } from './context.ts';
import { parseBytes } from './text.ts';

/** `qRcmd,digits`. */
export const monitor: Handler = ({ target, core, print }, rest) => {
  const bytes = parseBytes(rest);
  if (!bytes) return errors.invalid;
  const text = target.monitor(core, decodeUtf8(bytes));
  if (text !== '') print(text);
  return 'OK';
};
