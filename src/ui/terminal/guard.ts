import type { IDisposable, ILinkHandler, Terminal } from '@xterm/xterm';

/** Repetitions that one control sequence may ask for. More than any screen needs; xterm.js itself would do two thousand million, one by one. */
const REPEAT_MAX = 4096;
/** ICH, CHT, IL, DL, DCH, SU, SD, ECH, CBT, REP. */
const REPEATING = ['@', 'I', 'L', 'M', 'P', 'S', 'T', 'X', 'Z', 'b'] as const;

/** Keeps what programs print from holding up the page, and from the clipboard. */
export function guardTerminal(term: Terminal): IDisposable[] {
  const isTooMuch = (params: readonly (number | number[])[]): boolean => params.some((param) => typeof param === 'number' && param > REPEAT_MAX);
  return [
    ...REPEATING.map((final) => term.parser.registerCsiHandler({ final }, isTooMuch)),
    // OSC 52 would write to the clipboard, or read it.
    term.parser.registerOscHandler(52, () => true),
  ];
}

/** Opens a web address in a tab that knows nothing of this page. Anything else is not opened. */
export function openLink(uri: string): void {
  if (/^https?:\/\//i.test(uri)) window.open(uri, '_blank', 'noopener,noreferrer');
}

/** Links whose text is not their address (OSC 8): the address is shown while the pointer is over them. */
export function linkHandler(element: HTMLElement): ILinkHandler {
  return {
    activate: (_event, uri) => openLink(uri),
    hover: (_event, uri) => {
      element.title = uri;
    },
    leave: () => element.removeAttribute('title'),
  };
}
