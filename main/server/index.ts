/** The workstation for a browser on this machine: the screen's files and the contract over a WebSocket, on loopback. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { UserError } from '../../emulator/base/user-error.ts';
import { createSocketChannel, serveChannel, type Host } from '../contract/index.ts';
import { fileFor, sendFile } from './files.ts';
import { Guard, rawPath, tokenInUrl, type Refusal } from './guard.ts';

/** Where the screen connects. */
export const rpcPath = '/rpc';

const maxMessageBytes = 8 << 20;

export interface ServerOptions {
  host: Host;
  /** The built screen. */
  folder: string;
  /** 0: any that is free. */
  port: number;
}

export interface RunningServer {
  /** With the token: whoever has it may use the workstation. */
  url: string;
  close(): Promise<void>;
}

const headers = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    // The editor and the terminal set styles by script.
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self' data:",
    "img-src 'self' data:",
    "worker-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

export async function startServer({ host, folder, port }: ServerOptions): Promise<RunningServer> {
  const guard = new Guard();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });
  const server = createServer((request, response) => handle(guard, folder, request, response));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refusal = checkUpgrade(guard, request);
    if (refusal) {
      socket.end(`HTTP/1.1 ${refusal.status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => webSocket.terminate());
      serveChannel(createSocketChannel(webSocket), host);
    });
  });
  guard.port = await listen(server, port);
  return {
    url: `http://127.0.0.1:${guard.port}/?token=${guard.token}`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function handle(guard: Guard, folder: string, request: IncomingMessage, response: ServerResponse): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405, 'only GET is served');
  const refusal = guard.checkHost(request) ?? guard.checkOrigin(request, false);
  if (refusal) return end(response, refusal.status, refusal.message);
  const unknown = guard.checkToken(request);
  if (unknown) return end(response, unknown.status, unknown.message);
  // The screen takes the token out of the address; from then on the cookie stands for it.
  if (guard.isToken(tokenInUrl(request))) response.setHeader('set-cookie', guard.setCookie());
  const path = rawPath(request);
  const file = fileFor(folder, path);
  if (!file) return end(response, 404, 'there is no such file');
  sendFile(response, file, path);
}

function checkUpgrade(guard: Guard, request: IncomingMessage): Refusal | undefined {
  if (rawPath(request) !== rpcPath) return { status: 403, message: 'there is no such socket' };
  return guard.checkHost(request) ?? guard.checkOrigin(request, true) ?? guard.checkToken(request);
}

function end(response: ServerResponse, status: number, message: string): void {
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.writeHead(status).end(`${message}\n`);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        reject(new UserError('port-in-use', `--port ${port} is in use`, { hint: 'leave it out to get a free one' }));
      } else if (error.code === 'EACCES') {
        reject(new UserError('port-not-allowed', `--port ${port} is not allowed`, { hint: 'take one above 1023' }));
      } else reject(error);
    });
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
