/** How the window reaches its host: a port from the desktop's preload script, or a WebSocket to the server that the page came from. */
import { createPortChannel, createSocketChannel, portMessage, RpcError, type Channel } from '../../main/contract/index.ts';

const isDesktop = navigator.userAgent.includes('Electron');

/** The preload script sends the port once, so the listener has to be there from the start. */
const port = new Promise<MessagePort>((resolve) => {
  addEventListener('message', ({ data, ports }) => {
    if (data === portMessage && ports[0]) resolve(ports[0]);
  });
});
let portTaken = false;

export function openChannel(): Promise<Channel> {
  return isDesktop ? openPort() : openSocket();
}

async function openPort(): Promise<Channel> {
  // A port that was closed does not come back.
  if (portTaken) throw refused('The program behind this window has ended.');
  const channel = createPortChannel(await port);
  portTaken = true;
  return channel;
}

/** The server that gave the page gave a cookie as well; the token in the address has done its work, and others might read it there. */
async function openSocket(): Promise<Channel> {
  history.replaceState(null, '', location.pathname);
  const url = new URL('rpc', location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new WebSocket(url);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('close', () => reject(new RpcError({ code: 'closed', message: 'the server does not answer' })));
  });
  return createSocketChannel(socket);
}

function refused(message: string): RpcError {
  return new RpcError({ code: 'refused', message });
}
