import type { ITheme } from '@xterm/xterm';

/** The terminal's colours from the page's tokens. */
export function terminalTheme(): ITheme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const day = document.documentElement.dataset['theme'] === 'day';
  return {
    background: token('bg'), foreground: token('text'), cursor: token('text'), cursorAccent: token('bg'), selectionBackground: token('select'),
    black: token(day ? 'text' : 'line'), red: token('red'), green: token('green'), yellow: token('yellow'), blue: token('blue'), magenta: token('violet'),
    cyan: token('cyan'), white: token(day ? 'mute' : 'soft'), brightBlack: token('mute'), brightRed: token('red'), brightGreen: token('green'),
    brightYellow: token('orange'), brightBlue: token('blue'), brightMagenta: token('violet'), brightCyan: token('teal'), brightWhite: token('text'),
  };
}
