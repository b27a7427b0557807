import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language';
import { gotoLine, highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, Text, type Extension } from '@codemirror/state';
import {
  EditorView, crosshairCursor, drawSelection, dropCursor, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, rectangularSelection,
} from '@codemirror/view';
import { changedMarks } from './changed-marks.ts';
import { editorTheme, highlighting } from './editor-theme.ts';

/** What can be exchanged while the editor is open. */
export const part = {
  theme: new Compartment(), language: new Compartment(), wrap: new Compartment(), tab: new Compartment(), readOnly: new Compartment(),
  numbers: new Compartment(), blame: new Compartment(), compare: new Compartment(), label: new Compartment(), listener: new Compartment(),
} as const;

export interface Setup {
  text: string;
  lineBreak: '\n' | '\r\n';
  /** Too long in its lines for colours and brackets. */
  plain: boolean;
}

const PHRASES = {
  Find: 'Find', Replace: 'Replace with', next: 'Next', previous: 'Previous', all: 'All', 'match case': 'Match case', regexp: 'Regular expression', 'by word': 'Whole words',
  replace: 'Replace', 'replace all': 'Replace all', close: 'Close', 'Go to line': 'Go to line', go: 'Go',
};

const special = highlightSpecialChars({
  // Direction marks and joiners that the library does not name by itself.
  addSpecialChars: /[\u202a-\u202c\u2060-\u2065\u2068]/g,
});

const tidyPaste = EditorView.clipboardInputFilter.of((text, state) => text.replace(/\r\n?|\n/g, state.lineBreak));

export function createState({ text, lineBreak, plain }: Setup): EditorState {
  return EditorState.create({
    doc: Text.of(text.split('\n')),
    extensions: [
      EditorState.lineSeparator.of(lineBreak), EditorState.phrases.of(PHRASES), EditorState.allowMultipleSelections.of(true), tidyPaste,
      part.blame.of([]), part.numbers.of(lineNumbers()), highlightActiveLineGutter(), special, history(), drawSelection(), dropCursor(), rectangularSelection(), crosshairCursor(), highlightActiveLine(),
      search({ top: true }), changedMarks, highlighting,
      plain ? [] : [foldGutter({ openText: '⌄', closedText: '›' }), codeFolding(), bracketMatching(), indentOnInput(), highlightSelectionMatches()],
      part.theme.of([]), part.language.of([]), part.wrap.of([]), part.tab.of([]), part.readOnly.of([]), part.compare.of([]), part.label.of([]), part.listener.of([]),
      keymap.of([{ key: 'Ctrl-g', run: gotoLine }, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...defaultKeymap, indentWithTab]),
    ],
  });
}

/** `tabs`: lines are indented by tabs, not by blanks. */
export const tabOf = (width: number, tabs: boolean): Extension => [EditorState.tabSize.of(width), indentUnit.of(tabs ? '\t' : ' '.repeat(width))];

/** More lines of the text begin with a tab than with blanks. */
export function usesTabs(text: string): boolean {
  const head = text.slice(0, 100_000);
  return (head.match(/^\t/gm)?.length ?? 0) > (head.match(/^ {2}/gm)?.length ?? 0);
}

/** Lines counted from a number other than 1; null: nobody knows from which. */
export const numbersFrom = (first: number | null): Extension => lineNumbers({ formatNumber: (line) => (first === null ? `+${line}` : String(first - 1 + line)) });

/** Read-only keeps the cursor, so that it can be walked and searched by keyboard. */
export const readOnlyOf = (readOnly: boolean): Extension => EditorState.readOnly.of(readOnly);

export const labelOf = (label: string, readOnly: boolean): Extension => EditorView.contentAttributes.of({
  'aria-label': label, tabindex: '0', 'aria-multiline': 'true', spellcheck: 'false', autocorrect: 'off', autocapitalize: 'off', ...(readOnly && { 'aria-readonly': 'true' }),
});

export const themeOf = (shown: 'night' | 'day'): Extension => editorTheme(shown === 'night');
