import type { editor } from 'monaco-editor';

type Theme = 'light' | 'dark';

/** Monaco's colours follow the window's tokens, which it cannot read by itself. */
export function themeOf(theme: Theme, style: CSSStyleDeclaration): editor.IStandaloneThemeData {
  const token = (name: string) => sixDigits(style.getPropertyValue(name).trim());
  const rule = (token: string, dark: string, light: string) => ({ token, foreground: theme === 'dark' ? dark : light });
  return {
    base: theme === 'dark' ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      rule('type.yaml', '7cc4ff', '0b5aa5'),
      rule('string.yaml', 'a8dfc9', '1a6b4f'),
      rule('number.yaml', 'f0c27a', '8a5b00'),
      rule('comment.yaml', '6b7688', '6b7688'),
    ],
    colors: {
      'editor.background': token('--bg-panel'),
      'editor.foreground': token('--text'),
      'editorGutter.background': token('--bg-panel'),
      'editorLineNumber.foreground': theme === 'dark' ? '#465064' : '#a7b1c0',
      'editorLineNumber.activeForeground': token('--text-muted'),
      'editor.lineHighlightBackground': token('--bg-raised'),
      'editorWidget.background': token('--bg-raised'),
      'editorWidget.border': token('--border'),
      'editorHoverWidget.background': token('--bg-raised'),
      'editorError.foreground': token('--error'),
      'editorWarning.foreground': token('--warning'),
      focusBorder: token('--accent'),
    },
  };
}

/** A style sheet may be shortened when it is built; Monaco takes `#ffffff` alone. */
function sixDigits(colour: string): string {
  return /^#[\da-f]{3}$/i.test(colour) ? colour.replace(/[\da-f]/gi, '$&$&') : colour;
}
