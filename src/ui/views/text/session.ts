import { getChunks, unifiedMergeView } from '@codemirror/merge';
import { openSearchPanel, gotoLine } from '@codemirror/search';
import { ChangeSet, EditorSelection, Text, Transaction, type ChangeSpec, type EditorState, type Extension, type StateEffect } from '@codemirror/state';
import { EditorView, type ViewUpdate } from '@codemirror/view';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { App, Draft } from '../../stores/index.ts';
import { fingerprint } from '../../stores/index.ts';
import { blameGutter, showBlame, writerAt } from './blame-gutter.ts';
import { markChanged } from './changed-marks.ts';
import { encodeText, hasLongLine, type DecodedText } from './decode.ts';
import { languageFor } from './languages.ts';
import { outside, replacements } from './outside.ts';
import { createState, labelOf, part, readOnlyOf, tabOf, themeOf, usesTabs } from './setup.ts';
import type { BlameRange } from '../../../shared/abi/index.ts';

export interface SessionState {
  unsaved: boolean;
  saving: boolean;
  line: number;
  column: number;
  /** Characters selected; cursors beside the first. */
  selected: number;
  cursors: number;
  language: string | null;
  lineBreak: DecodedText['lineBreak'];
  /** What the file has by now, while there are edits that it would overwrite; `by`: whose change it was, in words, where that is known. */
  theirs: { file: DecodedText; by: string | null } | null;
  comparing: boolean;
  /** What was done last, for the status line. */
  told: string;
  /** Whose the cursor's line is, where that is shown. */
  writer: string | null;
}

export interface Options {
  label: string;
  readOnly: boolean;
  theme: 'night' | 'day';
  wrap: boolean;
  tab: number;
}

/** What an editor leaves behind when its tab is not shown: where it was, and what can be undone. */
interface Kept {
  state: EditorState;
  base: Text | null;
  lineBreak: DecodedText['lineBreak'];
  scroll: StateEffect<unknown>;
}

/** Editors remembered; the oldest is forgotten, but for its draft. */
const KEPT_MAX = 20;
const kept = new WeakMap<App, Map<string, Kept>>();
const DRAFT_MS = 300;
const MARKS_MS = 2500;

const inserts = (before: string, after: string): ChangeSpec[] => replacements(before, after).map(({ from, to, insert }) => ({ from, to, insert: textOf(insert) }));
const textOf = (text: string): Text => Text.of(text.split('\n'));

/** One open text: the editor, what the file had when it was last read, and how the two are brought together. */
export class TextSession {
  readonly view: EditorView;
  readonly store: StoreApi<SessionState>;
  readonly #app: App;
  readonly #path: string;
  readonly #read: () => Promise<DecodedText | null>;
  /** As the file was last read or saved; null where the draft is of a text that is not known any more. */
  #base: Text | null;
  #baseKey: string | null = null;
  #saving: Text | null = null;
  #options: Options | null = null;
  #draftTimer: ReturnType<typeof setTimeout> | undefined;
  /** The unsaved text stands among the drafts. */
  #kept = false;
  readonly #letGo: () => void;
  #marksTimer: ReturnType<typeof setTimeout> | undefined;
  #gone = false;

  /** `read`: the file as it is now, null where it is not there. */
  constructor(app: App, path: string, file: DecodedText, parent: HTMLElement, read: () => Promise<DecodedText | null>) {
    this.#app = app;
    this.#path = path;
    this.#read = read;
    const before = kept.get(app)?.get(path);
    const draft = app.drafts.get(path);
    this.#kept = draft !== undefined;
    this.#letGo = app.drafts.holdBack(() => this.#draft(true));
    const opened = before ?? begin(file, draft);
    this.#base = opened.base;
    this.store = createStore<SessionState>(() => ({
      unsaved: false, saving: false, line: 1, column: 1, selected: 0, cursors: 1, language: null, lineBreak: before?.lineBreak ?? file.lineBreak, theirs: null, comparing: false, told: draft ? 'Your unsaved text is back' : '', writer: null,
    }));
    this.view = new EditorView({ state: opened.state, parent, ...(before && { scrollTo: before.scroll }) });
    this.view.dispatch({ effects: [part.listener.reconfigure(EditorView.updateListener.of((update) => this.#updated(update))), part.compare.reconfigure([])] });
    this.#look();
    this.take(file, null);
    void this.#colour(file.text);
  }

  configure(options: Options): void {
    this.#options = options;
    this.view.dispatch({
      effects: [
        part.theme.reconfigure(themeOf(options.theme)), part.wrap.reconfigure(options.wrap ? EditorView.lineWrapping : []), part.tab.reconfigure(tabOf(options.tab, usesTabs(this.view.state.sliceDoc(0, 100_000)))),
        part.readOnly.reconfigure(readOnlyOf(options.readOnly)), part.label.reconfigure(labelOf(options.label, options.readOnly)),
      ],
    });
  }

  /** A new reading of the file. `by`: whose change it was, in words; null where nobody knows. */
  take(file: DecodedText, by: string | null): void {
    const doc = this.view.state.doc;
    const theirs = textOf(file.text);
    if (this.#saving?.eq(theirs)) {
      this.#settle(theirs, file);
      return;
    }
    const verdict = this.#base?.eq(theirs) ? 'same' : outside(this.#base?.toString() ?? null, doc.toString(), file.text);
    if (verdict === 'follow') this.#follow(file, by);
    else if (verdict === 'conflict') this.#conflict(file, by);
    else if (verdict === 'settled' || this.store.getState().theirs) this.#settle(theirs, file);
  }

  /** Takes what the file has; what was typed can be had back by undo. */
  reload(): void {
    const { theirs } = this.store.getState();
    if (!theirs) return;
    this.#endCompare();
    this.#follow(theirs.file, theirs.by, true);
    this.view.focus();
  }

  /** What was typed stays; saving it replaces what the file has. */
  keepMine(): void {
    const { theirs } = this.store.getState();
    if (!theirs) return;
    this.#endCompare();
    this.#settle(textOf(theirs.file.text), theirs.file);
    this.view.focus();
  }

  compare(): void {
    const { theirs } = this.store.getState();
    if (!theirs) return;
    this.store.setState({ comparing: true });
    this.view.dispatch({ effects: part.compare.reconfigure(compareWith(theirs.file.text)) });
    this.view.focus();
  }

  /** Back to what the file has. */
  revert(): void {
    if (!this.#base || this.#options?.readOnly) return;
    this.#replace(this.#base.toString(), false, true);
    this.store.setState({ told: 'Back to what is saved' });
    this.view.focus();
  }

  /** Whether it is saved; a change from outside that was not seen yet is shown instead. Rejects with what the kernel says. */
  async save(): Promise<boolean> {
    if (this.#options?.readOnly || this.#saving) return false;
    const doc = this.view.state.doc;
    const { lineBreak, theirs } = this.store.getState();
    if (theirs) {
      this.store.setState({ told: 'Not saved: choose what becomes of the other change first' });
      return false;
    }
    this.#saving = doc;
    this.store.setState({ saving: true });
    try {
      const now = await this.#read();
      if (now && outside(this.#base?.toString() ?? null, doc.toString(), now.text) === 'conflict') {
        this.#conflict(now, null);
        return false;
      }
      await this.#app.page.fs.writeFile(this.#path, encodeText(doc.toString(), lineBreak));
      this.#base = doc;
      this.#baseKey = null;
      if (!this.#gone) this.store.setState({ told: 'Saved' });
      return true;
    } finally {
      this.#saving = null;
      this.#draft(true);
      if (!this.#gone) this.store.setState({ saving: false });
    }
  }

  find(): void {
    openSearchPanel(this.view);
  }

  askLine(): void {
    gotoLine(this.view);
  }

  /** Selects a line, from 1, and brings it into sight. */
  goToLine(number: number): void {
    const { doc } = this.view.state;
    const { from, to } = doc.line(Math.max(1, Math.min(doc.lines, number)));
    this.view.dispatch({ selection: EditorSelection.single(from, to), effects: EditorView.scrollIntoView(from, { y: 'center' }) });
    this.view.focus();
  }

  /** Null takes the column away. */
  blame(ranges: readonly BlameRange[] | null): void {
    this.view.dispatch({ effects: part.blame.reconfigure(ranges ? blameGutter : []) });
    if (ranges) {
      const { doc } = this.view.state;
      const base = this.#base ?? doc;
      showBlame(this.view, ranges, base, ChangeSet.of(inserts(base.toString(), doc.toString()), base.length));
    }
    this.#look();
  }

  /** Keeps where it was for when the tab is shown again. */
  dispose(): void {
    this.#gone = true;
    clearTimeout(this.#marksTimer);
    this.#endCompare();
    // What was typed went along with the file, which has another name now.
    const moved = this.#kept && !this.#app.drafts.get(this.#path);
    this.#letGo();
    clearTimeout(this.#draftTimer);
    if (moved) kept.get(this.#app)?.delete(this.#path);
    else {
      this.#draft(true);
      remember(this.#app, this.#path, { state: this.view.state, base: this.#base, lineBreak: this.store.getState().lineBreak, scroll: this.view.scrollSnapshot() });
    }
    this.view.destroy();
  }

  #updated(update: ViewUpdate): void {
    if (update.docChanged) {
      this.store.setState({ told: '' });
      this.#draft(false);
    }
    if (update.docChanged || update.selectionSet) this.#look();
    if (this.store.getState().comparing && getChunks(update.state)?.chunks.length === 0) queueMicrotask(() => this.keepMine());
  }

  #look(): void {
    const { state } = this.view;
    const { main, ranges } = state.selection;
    const line = state.doc.lineAt(main.head);
    this.store.setState({
      unsaved: this.#unsaved(), line: line.number, column: main.head - line.from + 1, selected: ranges.reduce((sum, range) => sum + range.to - range.from, 0), cursors: ranges.length, writer: writerAt(this.view, main.head),
    });
  }

  #unsaved(): boolean {
    return this.#base === null || !this.view.state.doc.eq(this.#base);
  }

  /** Puts the unsaved text, or that there is none, where it outlives the editor; `now`: without waiting for more. */
  #draft(now: boolean): void {
    clearTimeout(this.#draftTimer);
    if (!this.#unsaved()) {
      this.#app.drafts.drop(this.#path);
      this.#kept = false;
      return;
    }
    if (this.#options?.readOnly) return;
    const keep = (): void => {
      this.#kept = true;
      this.#baseKey ??= this.#base ? fingerprint(this.#base.toString()) : '';
      this.#app.drafts.keep(this.#path, { text: this.view.state.doc.toString(), base: this.#baseKey });
    };
    if (now || !this.#app.drafts.get(this.#path)) keep();
    else this.#draftTimer = setTimeout(keep, DRAFT_MS);
  }

  #settle(theirs: Text, file: DecodedText): void {
    this.#base = theirs;
    this.#baseKey = null;
    this.store.setState({ theirs: null, lineBreak: file.lineBreak });
    this.#draft(true);
    this.#look();
  }

  #follow(file: DecodedText, by: string | null, undoable = false): void {
    this.#replace(file.text, true, undoable);
    this.#settle(textOf(file.text), file);
    this.store.setState({ told: by === null ? 'Changed from outside' : `Changed by ${by}` });
  }

  #replace(text: string, mark: boolean, undoable: boolean): void {
    const set = this.view.state.changes(inserts(this.view.state.doc.toString(), text));
    const spans: { from: number; to: number }[] = [];
    set.iterChangedRanges((_fromA, _toA, from, to) => spans.push({ from, to }));
    this.view.dispatch({ changes: set, annotations: Transaction.addToHistory.of(undoable), ...(mark && { effects: markChanged.of(spans) }) });
    if (!mark) return;
    clearTimeout(this.#marksTimer);
    this.#marksTimer = setTimeout(() => this.view.dispatch({ effects: markChanged.of([]) }), MARKS_MS);
  }

  #conflict(file: DecodedText, by: string | null): void {
    this.store.setState({ theirs: { file, by } });
    if (this.store.getState().comparing) this.compare();
  }

  #endCompare(): void {
    if (!this.store.getState().comparing) return;
    this.store.setState({ comparing: false });
    this.view.dispatch({ effects: part.compare.reconfigure([]) });
  }

  async #colour(text: string): Promise<void> {
    const language = languageFor(this.#path, text.slice(0, 200));
    if (!language || hasLongLine(text)) return;
    const support: Extension = await language.load();
    if (this.#gone) return;
    this.view.dispatch({ effects: part.language.reconfigure(support) });
    this.store.setState({ language: language.name });
  }
}

function begin(file: DecodedText, draft: Draft | undefined): { state: EditorState; base: Text | null } {
  const state = createState({ text: draft?.text ?? file.text, lineBreak: file.lineBreak, plain: hasLongLine(file.text) });
  return { state, base: draft && draft.base !== fingerprint(file.text) ? null : textOf(file.text) };
}

function remember(app: App, path: string, editor: Kept): void {
  const editors = kept.get(app) ?? new Map<string, Kept>();
  kept.set(app, editors);
  editors.delete(path);
  editors.set(path, editor);
  const oldest = editors.keys().next().value;
  if (editors.size > KEPT_MAX && oldest !== undefined) editors.delete(oldest);
}

function compareWith(theirs: string): Extension {
  return unifiedMergeView({
    original: textOf(theirs), gutter: true, highlightChanges: true, syntaxHighlightDeletions: false, collapseUnchanged: { margin: 3, minSize: 8 },
    mergeControls: (type, action) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'link';
      button.textContent = type === 'accept' ? 'Keep mine here' : 'Take theirs here';
      button.addEventListener('mousedown', (event) => event.preventDefault());
      button.addEventListener('click', action);
      return button;
    },
  });
}
