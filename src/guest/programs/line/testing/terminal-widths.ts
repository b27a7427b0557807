import { vi } from 'vitest';

/** Columns that the page's terminal gives to a text. */
export type Widths = (text: string) => number;

interface Provider {
  handleGraphemes?: boolean;
  charProperties(code: number, preceding: number): number;
}

/** The width and joining rules of the addon that the page's terminal uses. */
export async function terminalWidths(): Promise<Widths> {
  // The addon takes node's pooled buffers for whole ones; without them it decodes its table as in a browser.
  vi.stubGlobal('Buffer', undefined);
  const { UnicodeGraphemesAddon } = await import('@xterm/addon-unicode-graphemes');
  const found: Provider[] = [];
  const unicode = { register: (provider: Provider) => void found.push(provider), activeVersion: '', versions: [] };
  new UnicodeGraphemesAddon().activate({ unicode } as never);
  vi.unstubAllGlobals();
  const provider = found.find(({ handleGraphemes }) => handleGraphemes)!;
  return (text) => {
    let width = 0;
    let before = 0;
    for (const char of text) {
      const properties = provider.charProperties(char.codePointAt(0)!, before);
      // Bit 0: joins what stands before; bits 1 and 2: the width.
      width += ((properties >> 1) & 3) - (properties & 1 ? (before >> 1) & 3 : 0);
      before = properties;
    }
    return width;
  };
}
