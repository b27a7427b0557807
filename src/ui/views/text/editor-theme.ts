import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** The page's tokens; `dark` only settles what the library's own styles lean to. */
export function editorTheme(dark: boolean): Extension {
  return EditorView.theme({
    '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--panel)', font: '12px/20px var(--mono)' },
    '&.cm-focused': { outline: 'none' },
    '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px', overscrollBehavior: 'contain' },
    '.cm-content': { padding: '8px 0', caretColor: 'var(--blue)' },
    '.cm-line': { padding: '0 24px 0 12px' },
    '.cm-cursor, .cm-dropCursor': { borderLeft: '2px solid var(--blue)' },
    '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': { background: 'var(--select)' },
    '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--hover) 55%, transparent)' },
    '.cm-gutters': { backgroundColor: 'var(--panel)', color: 'var(--mute)', border: '0', borderRight: '1px solid var(--line)' },
    '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--text)' },
    '.cm-lineNumbers .cm-gutterElement': { padding: '0 8px 0 12px', minWidth: '40px' },
    '.cm-foldGutter .cm-gutterElement': { padding: '0 4px 0 0', cursor: 'pointer', color: 'var(--mute)' },
    '.cm-foldPlaceholder': { background: 'var(--hover)', border: '1px solid var(--line)', color: 'var(--soft)', borderRadius: '4px', padding: '0 4px', margin: '0 4px' },
    '&.cm-focused .cm-matchingBracket, .cm-matchingBracket': { backgroundColor: 'transparent', outline: '1px solid var(--line-strong)', color: 'inherit' },
    '&.cm-focused .cm-nonmatchingBracket, .cm-nonmatchingBracket': { backgroundColor: 'transparent', outline: '1px solid var(--red)' },
    '.cm-selectionMatch': { backgroundColor: 'color-mix(in srgb, var(--teal) 22%, transparent)' },
    '.cm-searchMatch': { backgroundColor: 'color-mix(in srgb, var(--yellow) 30%, transparent)', outline: '1px solid color-mix(in srgb, var(--yellow) 60%, transparent)' },
    '.cm-searchMatch-selected': { backgroundColor: 'color-mix(in srgb, var(--orange) 45%, transparent)', outlineColor: 'var(--orange)' },
    '.cm-specialChar': { color: 'var(--red)' },
    '.cm-changed': { backgroundColor: 'color-mix(in srgb, var(--green) 26%, transparent)', borderRadius: '2px' },
    '.cm-changed-line': { boxShadow: 'inset 2px 0 var(--green)' },
  }, { dark });
}

const style = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword, tags.controlKeyword], color: 'var(--violet)' },
  { tag: [tags.string, tags.special(tags.string), tags.character, tags.inserted, tags.attributeValue], color: 'var(--green)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom, tags.constant(tags.name), tags.unit], color: 'var(--orange)' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.labelName, tags.heading, tags.link], color: 'var(--blue)' },
  { tag: [tags.typeName, tags.className, tags.namespace, tags.tagName, tags.url], color: 'var(--cyan)' },
  { tag: [tags.propertyName, tags.attributeName, tags.regexp, tags.escape], color: 'var(--teal)' },
  { tag: [tags.definition(tags.variableName), tags.macroName, tags.meta, tags.processingInstruction], color: 'var(--yellow)' },
  { tag: [tags.deleted, tags.invalid], color: 'var(--red)' },
  { tag: tags.comment, color: 'var(--mute)', fontStyle: 'italic' },
  { tag: [tags.punctuation, tags.operator, tags.separator], color: 'var(--soft)' },
  { tag: tags.heading, fontWeight: '600' },
  { tag: tags.strong, fontWeight: '600' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: tags.strikethrough, textDecoration: 'line-through' },
  { tag: tags.link, textDecoration: 'underline' },
]);

export const highlighting: Extension = syntaxHighlighting(style);
