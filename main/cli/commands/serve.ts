import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../../../emulator/base/user-error.ts';
import { startServer } from '../../server/index.ts';
import { createHost } from '../../services/index.ts';
import { productRoot, version } from '../../services/product.ts';
import { ExitStatus } from '../failure.ts';

const screen = join(productRoot, 'renderer/dist');

/** `pocketvisor serve`: until a signal ends it. */
export async function serveCommand(handset: string | undefined, options: { port?: number }): Promise<number> {
  if (!existsSync(join(screen, 'index.html'))) {
    throw new UserError('not-built', 'the screen is not built', { hint: 'npm run build:renderer, or npm start' });
  }
  const host = createHost({
    version: version(),
    host: 'browser',
    grant: [process.cwd(), ...(handset === undefined ? [] : [dirname(resolve(handset))])],
    ...(handset === undefined ? {} : { handset }),
  });
  const server = await startServer({ host, folder: screen, port: options.port ?? 0 });
  process.stdout.write(`${server.url}\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  host.close();
  await server.close();
  return ExitStatus.ok;
}
