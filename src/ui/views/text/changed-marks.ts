import { StateEffect, StateField, type Extension, type Range } from '@codemirror/state';
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view';

export interface Span {
  from: number;
  to: number;
}

/** Marks what has just changed from outside; an empty list takes the marks away. */
export const markChanged = StateEffect.define<readonly Span[]>();

const changed = Decoration.mark({ class: 'cm-changed' });
const changedLine = Decoration.line({ class: 'cm-changed-line' });
/** More places than anybody looks at are not marked. */
const MARKS_MAX = 2000;

/** Where text was put in, and the lines in which any was put in or taken out. */
export const changedMarks: Extension = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(markChanged)) continue;
      const ranges: Range<Decoration>[] = [];
      for (const { from, to } of effect.value.slice(0, MARKS_MAX)) {
        ranges.push(changedLine.range(transaction.state.doc.lineAt(from).from));
        if (to > from) ranges.push(changed.range(from, to));
      }
      next = Decoration.set(ranges, true);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});
