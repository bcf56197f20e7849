import { createReadStream, statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** The file of `folder` that a URL's path names; undefined for whatever is not a file inside of it. */
export function fileFor(folder: string, urlPath: string): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(urlPath);
  } catch {
    return undefined;
  }
  if (path.includes('\0') || path.includes('\\')) return undefined;
  const full = join(folder, path === '/' ? 'index.html' : path);
  if (!full.startsWith(folder + sep)) return undefined;
  return statSync(full, { throwIfNoEntry: false })?.isFile() ? full : undefined;
}

/** Names with a hash in them (vite's assets) never change; all else is asked for anew. */
export function sendFile(response: ServerResponse, path: string, urlPath: string): void {
  response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream');
  response.setHeader('cache-control', urlPath.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache');
  createReadStream(path)
    .on('error', () => response.destroy())
    .pipe(response);
}
