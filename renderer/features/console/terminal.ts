import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { WebglAddon } from '@xterm/addon-webgl';
import { Terminal, type ITerminalOptions } from '@xterm/xterm';

export interface TerminalParts {
  terminal: Terminal;
  search: SearchAddon;
  /** Fits rows and columns to the place; harmless while it is not visible. */
  fit(): void;
}

/** An xterm in `place`, drawn by the graphics processor where there is a real one. */
export function openTerminal(place: HTMLElement, options: ITerminalOptions): TerminalParts {
  const terminal = new Terminal({ allowProposedApi: true, cursorBlink: true, macOptionIsMeta: true, ...options });
  const fitAddon = new FitAddon();
  const search = new SearchAddon({ highlightLimit: 2000 });
  terminal.loadAddon(fitAddon);
  terminal.loadAddon(search);
  terminal.open(place);
  if (hasGraphics()) {
    const webgl = new WebglAddon();
    // xterm goes back to drawing by the DOM.
    webgl.onContextLoss(() => webgl.dispose());
    terminal.loadAddon(webgl);
  }
  return {
    terminal,
    search,
    fit: () => place.clientWidth > 0 && place.clientHeight > 0 && fitAddon.fit(),
  };
}

/** WebGL in software is slower than the DOM. */
function hasGraphics(): boolean {
  const context = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  const info = context?.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(info ? context?.getParameter(info.UNMASKED_RENDERER_WEBGL) : '');
  return context !== null && !/swiftshader|llvmpipe|software/i.test(renderer);
}
