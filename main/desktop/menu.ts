import { app, BrowserWindow, dialog, Menu, type MenuItemConstructorOptions } from 'electron';
import { UserError } from '../../emulator/base/user-error.ts';
import type { RunningHost } from '../services/index.ts';

/** The usual menus, and opening a handset file from anywhere. */
export function setMenu(host: RunningHost): void {
  const open: MenuItemConstructorOptions = {
    label: 'Open Handset…',
    accelerator: 'CmdOrCtrl+O',
    click: () => void openHandset(host),
  };
  const template: MenuItemConstructorOptions[] = [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
    { label: 'File', submenu: [open, { type: 'separator' }, { role: process.platform === 'darwin' ? 'close' : 'quit' }] },
    { role: 'editMenu' },
    // Zoom and reload; developer tools only where the program is developed.
    app.isPackaged
      ? { label: 'View', submenu: [{ role: 'zoomIn' }, { role: 'zoomOut' }, { role: 'resetZoom' }] }
      : { role: 'viewMenu' },
    { role: 'windowMenu' },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

async function openHandset(host: RunningHost): Promise<void> {
  const options = { properties: ['openFile' as const], filters: [{ name: 'Handsets', extensions: ['yaml', 'yml'] }] };
  const window = BrowserWindow.getFocusedWindow();
  const { filePaths } = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options));
  const [path] = filePaths;
  if (path === undefined) return;
  try {
    host.open(path);
  } catch (error) {
    dialog.showErrorBox('Cannot open this handset', error instanceof UserError ? error.toLine() : String(error));
  }
}
