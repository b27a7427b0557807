import { useEffect, useRef, useState, type ReactElement } from 'react';
import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight, Search, WrapText } from 'lucide-react';
import { gotoLine, openSearchPanel } from '@codemirror/search';
import { EditorView } from '@codemirror/view';
import { useStore } from 'zustand';
import { useApp } from '../../app/index.ts';
import { formatBytes, visibleName } from '../../kit/index.ts';
import type { ViewerProps } from '../../viewer/index.ts';
import { hasLongLine } from './decode.ts';
import { toggleWrap, useEditorOptions } from './editor-options.ts';
import { languageFor } from './languages.ts';
import { createState, labelOf, numbersFrom, part, readOnlyOf, themeOf } from './setup.ts';
import { windowText } from './window-text.ts';

/** Bytes shown at once; fewer where a line is so long that the editor would be slow with it. */
const WINDOW = 1024 * 1024;
const LONG_WINDOW = 128 * 1024;

/** Where a window begins. */
interface Place {
  at: number;
  /** It begins with a line, as the window before ended with one. */
  aligned: boolean;
  /** Number of its first line, where all before it were counted. */
  line: number | null;
}

interface Loaded extends Place {
  from: number;
  to: number;
  text: string;
  lines: number;
}

const START: Place = { at: 0, aligned: true, line: 1 };

/** A text of any length, read-only, a window at a time. */
export function WindowedText({ path, stat: { size }, version }: ViewerProps): ReactElement {
  const app = useApp();
  const [place, setPlace] = useState(START);
  const [loaded, setLoaded] = useState<Loaded | string | null>(null);
  const lines = useRef(new Map<number, number>());
  useEffect(() => {
    let gone = false;
    app.client.api.readRange(path, place.at, WINDOW).then((bytes): Loaded => {
      const piece = bytes.length > LONG_WINDOW && bytes.subarray(0, LONG_WINDOW).indexOf(10) < 0 ? bytes.subarray(0, LONG_WINDOW) : bytes;
      const { text, skip, used } = windowText(piece, { first: place.aligned, last: place.at + piece.length >= size });
      return { ...place, from: place.at + skip, to: place.at + used, text, lines: text.split('\n').length };
    }, (error: unknown) => (error instanceof Error ? error.message : String(error))).then((next) => {
      if (gone) return;
      if (typeof next !== 'string' && next.line !== null) lines.current.set(next.from, next.line).set(next.to, next.line + next.lines);
      setLoaded(next);
    });
    return () => {
      gone = true;
    };
  }, [app, path, size, version, place]);
  if (typeof loaded === 'string') return <div className="empty" role="alert">{visibleName(path)} cannot be read: {loaded}</div>;
  if (loaded === null) return <div className="empty" role="status">Loading…</div>;
  const go = (at: number, aligned: boolean): void => {
    const to = Math.max(0, Math.min(at, size - 1));
    setPlace(to === 0 ? START : { at: to, aligned, line: aligned ? (lines.current.get(to) ?? null) : null });
  };
  return (
    <div className="text-editor">
      <WindowEditor key={path} path={path} loaded={loaded} />
      <div className="status-line">
        <span className="status-told" role="status">{formatBytes(loaded.from)} to {formatBytes(loaded.to)} of {formatBytes(size)}, read-only</span>
        <input type="range" className="window-slider" aria-label="Place in the file" aria-valuetext={`${formatBytes(loaded.from)} of ${formatBytes(size)}`} min={0} max={Math.max(1, Math.ceil(size / WINDOW) - 1)} value={Math.floor(loaded.from / WINDOW)} onChange={(event) => go(Number(event.target.value) * WINDOW, false)} />
        <button type="button" className="icon-btn" aria-label="First window" title="First window" disabled={loaded.from === 0} onClick={() => go(0, true)}><ChevronFirst size={15} aria-hidden="true" /></button>
        <button type="button" className="icon-btn" aria-label="Window before" title="Window before" disabled={loaded.from === 0} onClick={() => go(loaded.from - Math.max(LONG_WINDOW, loaded.to - loaded.from), false)}><ChevronLeft size={15} aria-hidden="true" /></button>
        <button type="button" className="icon-btn" aria-label="Next window" title="Next window" disabled={loaded.to >= size} onClick={() => go(loaded.to, true)}><ChevronRight size={15} aria-hidden="true" /></button>
        <button type="button" className="icon-btn" aria-label="Last window" title="Last window" disabled={loaded.to >= size} onClick={() => go(size - Math.max(LONG_WINDOW, loaded.to - loaded.from), false)}><ChevronLast size={15} aria-hidden="true" /></button>
      </div>
    </div>
  );
}

function WindowEditor({ path, loaded }: { path: string; loaded: Loaded }): ReactElement {
  const app = useApp();
  const host = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<EditorView | null>(null);
  const theme = useStore(app.theme, (state) => state.shown);
  const { wrap } = useEditorOptions();
  useEffect(() => {
    if (!host.current) return undefined;
    const made = new EditorView({ parent: host.current });
    setView(made);
    return () => made.destroy();
  }, []);
  useEffect(() => {
    if (!view) return undefined;
    let gone = false;
    const plain = hasLongLine(loaded.text);
    view.setState(createState({ text: loaded.text, lineBreak: '\n', plain }));
    view.dispatch({ effects: [part.readOnly.reconfigure(readOnlyOf(true)), part.label.reconfigure(labelOf(`Contents of ${visibleName(path)}`, true)), part.numbers.reconfigure(numbersFrom(loaded.line))] });
    if (!plain) {
      void languageFor(path, loaded.text.slice(0, 200))?.load().then((support) => {
        if (!gone) view.dispatch({ effects: part.language.reconfigure(support) });
      });
    }
    return () => {
      gone = true;
    };
  }, [view, path, loaded]);
  useEffect(() => {
    view?.dispatch({ effects: [part.theme.reconfigure(themeOf(theme)), part.wrap.reconfigure(wrap ? EditorView.lineWrapping : [])] });
  }, [view, loaded, theme, wrap]);
  useEffect(() => {
    const element = host.current?.closest('.file-view');
    if (!element || !view) return undefined;
    const act: Readonly<Record<string, () => unknown>> = { find: () => openSearchPanel(view), line: () => gotoLine(view), wrap: toggleWrap };
    const onCommand = (event: Event): void => void act[(event as CustomEvent<string>).detail]?.();
    element.addEventListener('palimpsest-editor', onCommand);
    return () => element.removeEventListener('palimpsest-editor', onCommand);
  }, [view]);
  return (
    <>
      <div className="window-tools">
        <button type="button" className="icon-btn" aria-label="Wrap lines" title="Wrap lines (Alt+Z)" aria-pressed={wrap} onClick={toggleWrap}><WrapText size={14} aria-hidden="true" /></button>
        <button type="button" className="icon-btn" aria-label="Find in this window" title="Find in this window (Ctrl+F)" onClick={() => view && openSearchPanel(view)}><Search size={14} aria-hidden="true" /></button>
      </div>
      <div ref={host} className="cm-host" />
    </>
  );
}
