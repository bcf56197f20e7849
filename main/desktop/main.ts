/** The desktop window: the same services as everywhere, over a MessagePort, to a page that is not trusted. */
import { app, BrowserWindow, MessageChannelMain, session } from 'electron';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { portMessage, serveChannel } from '../contract/index.ts';
import { createHost, type RunningHost } from '../services/index.ts';
import { version } from '../services/product.ts';
import { createMainPortChannel } from '../transport/message-port.ts';
import { setMenu } from './menu.ts';

const page =
  MAIN_WINDOW_VITE_DEV_SERVER_URL ??
  pathToFileURL(join(import.meta.dirname, `../renderer/${MAIN_WINDOW_VITE_NAME}/index.html`)).href;

function openWindow(host: RunningHost): BrowserWindow {
  const window = new BrowserWindow({
    width: 1400,
    height: 900,
    show: false,
    title: 'Pocketvisor',
    webPreferences: {
      preload: join(import.meta.dirname, 'preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
    },
  });
  const contents = window.webContents;
  window.once('ready-to-show', () => window.show());
  // The page stays ours, and opens no other.
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => {
    if (event.url !== contents.getURL()) event.preventDefault();
  });
  // Each load of the page (also a reload) gets a connection of its own; the old one closes with the old page.
  contents.on('did-finish-load', () => {
    const { port1, port2 } = new MessageChannelMain();
    serveChannel(createMainPortChannel(port1), host);
    contents.postMessage(portMessage, null, [port2]);
  });
  void window.loadURL(page);
  return window;
}

function start(): void {
  const host = createHost({ version: version(), host: 'desktop', grant: [process.cwd()] });
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  setMenu(host);
  openWindow(host);
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow(host);
  });
  app.on('second-instance', () => BrowserWindow.getAllWindows()[0]?.focus());
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('will-quit', () => host.close());
}

if (app.requestSingleInstanceLock()) void app.whenReady().then(start);
else app.quit();
