import { describe, expect, it } from 'vitest';
import { Flow } from './flow.ts';
import { Layout } from './layout.ts';
import { cut } from './cut.ts';
import { toSvg, xmlText, type Palette } from './svg.ts';
import { graphOf, process, snapshotOf } from './testing.ts';

const palette: Palette = { bg: '#000', panel: '#111' };
const HOSTILE = ['<script>alert(1)</script>', '"><image href="https://evil.example/x"/>', 'a&b', '\u202egpj.exe', 'line\nbreak\u0000\u0007', '\ud800lone', ']]>', '\uffff', `${'long'.repeat(100)}`, '🦀'.repeat(60)];

/** A small reader of XML: fails where it is not well formed. */
function parse(text: string): { tags: string[]; texts: string[] } {
  const tags: string[] = [];
  const texts: string[] = [];
  const stack: string[] = [];
  for (const [, close, name, attributes, selfClosed, content] of text.matchAll(/<(\/?)([a-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>([^<]*)/g)) {
    if (close) expect(stack.pop()).toBe(name);
    else if (!selfClosed) stack.push(name!);
    tags.push(`${name}${attributes ?? ''}`);
    for (const entity of content!.matchAll(/&(?!amp;|lt;|gt;|quot;)/g)) throw new Error(`a bare & at ${entity.index}`);
    texts.push(content!);
  }
  expect(stack).toEqual([]);
  return { tags, texts };
}

function picture(palettes: Palette | { night: Palette; day: Palette } = palette): string {
  const snapshot = snapshotOf(HOSTILE.map((name, at) => process(at + 1, [{ kind: 'file', path: '/**', rights: ['read'] }, { kind: 'publish', subject: `s.${name}` }], { name, overlay: name })), { subjects: HOSTILE.slice(0, 3).map((name) => ({ pattern: `s.${name}`, listeners: [{ pid: 1 }], retained: false })) });
  const graph = graphOf(snapshot, [], HOSTILE.map((name) => `/home/${name}`), ['1 /home/a&b']);
  return toSvg({ graph, places: new Layout().update(graph), flow: new Flow(), palettes, lit: null, title: 'a <b> & c' });
}

describe('the picture as SVG', () => {
  it('is well formed whatever the names are, and has nothing that runs or comes from elsewhere', () => {
    const text = picture();
    const { tags, texts } = parse(text);
    expect(new Set(tags.map((tag) => tag.split(' ')[0]))).toEqual(new Set(['svg', 'title', 'style', 'rect', 'g', 'path', 'text']));
    expect(tags.join(' ')).not.toMatch(/href|url|\bon\w+=/i);
    expect(/<style>(.*?)<\/style>/s.exec(text)![1]).not.toMatch(/url\(|@import|</);
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff\u202e]|[\ud800-\udbff](?![\udc00-\udfff])/);
    expect(texts).toContain('&lt;script&gt;alert(1)&lt;/scri…');
    expect(texts).toContain('a &lt;b&gt; &amp; c');
  });

  it('has both themes, as the reader prefers; or one', () => {
    expect(picture({ night: palette, day: { panel: '#eee' } })).toMatch(/svg\{[^}]*--panel:#eee[^}]*\}.*@media\(prefers-color-scheme:dark\)\{svg\{[^}]*--panel:#111/);
    expect(picture()).not.toContain('prefers-color-scheme');
  });

  it('cuts by whole characters', () => {
    expect(cut('🦀🦀🦀', 4)).toBe('🦀…');
    expect(cut('abcdef', 4)).toBe('abc…');
    expect(cut('abc', 3)).toBe('abc');
    expect(xmlText('a"<')).toBe('a&quot;&lt;');
    expect(xmlText('\ud800')).not.toMatch(/[\ud800-\udfff]/);
  });
});
