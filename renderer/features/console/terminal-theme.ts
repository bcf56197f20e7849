import type { ITheme } from '@xterm/xterm';

const dark: ITheme = {
  background: '#0d1017',
  foreground: '#d5dce8',
  cursor: '#4db8ff',
  cursorAccent: '#0d1017',
  selectionBackground: '#2a4a6b',
  black: '#1c222d',
  red: '#ff6b6b',
  green: '#43c59e',
  yellow: '#e0af4b',
  blue: '#5b9dff',
  magenta: '#c792ea',
  cyan: '#4fd1e0',
  white: '#d5dce8',
  brightBlack: '#667085',
  brightRed: '#ff8f8f',
  brightGreen: '#6fe0bd',
  brightYellow: '#f3cb78',
  brightBlue: '#8bbcff',
  brightMagenta: '#dcb6f7',
  brightCyan: '#86e5f0',
  brightWhite: '#f7f9fc',
};

const light: ITheme = {
  background: '#fbfcfe',
  foreground: '#27303d',
  cursor: '#0b6bb8',
  cursorAccent: '#ffffff',
  selectionBackground: '#bcdcf7',
  black: '#27303d',
  red: '#c4302b',
  green: '#13795b',
  yellow: '#8a5b00',
  blue: '#1d5fc4',
  magenta: '#8a3fb0',
  cyan: '#0a7484',
  white: '#5d6878',
  brightBlack: '#7a8597',
  brightRed: '#d9534f',
  brightGreen: '#1f9c77',
  brightYellow: '#a87309',
  brightBlue: '#3b7be0',
  brightMagenta: '#a55fca',
  brightCyan: '#1893a5',
  brightWhite: '#0d1420',
};

/** The sixteen colours that a guest knows by number, readable on either ground. */
export const terminalThemes = { dark, light };
