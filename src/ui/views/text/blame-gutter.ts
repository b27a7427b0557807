import { MapMode, RangeSet, RangeSetBuilder, StateEffect, StateField, type ChangeSet, type Extension, type Text } from '@codemirror/state';
import { GutterMarker, gutter, type EditorView } from '@codemirror/view';
import type { BlameRange } from '../../../shared/abi/index.ts';
import { formatMoment, visibleName } from '../../kit/index.ts';

/** Lines of a range after which it is said again whose they are. */
const REPEAT = 24;

export class Written extends GutterMarker {
  // A line that is pushed down takes its writer with it; one that begins anew has none.
  override startSide = 1;
  override endSide = 1;
  override mapMode = MapMode.TrackAfter;
  readonly wrote: BlameRange;
  readonly nth: number;

  constructor(wrote: BlameRange, nth: number) {
    super();
    this.wrote = wrote;
    this.nth = nth;
    this.elementClass = nth === 0 ? 'blame begins' : 'blame';
  }

  override eq(other: GutterMarker): boolean {
    return other instanceof Written && other.wrote === this.wrote && other.nth === this.nth;
  }

  override toDOM(): Node {
    const cell = document.createElement('span');
    cell.className = 'blame-cell';
    cell.title = blameText(this.wrote);
    if (this.nth % REPEAT !== 0) return cell;
    const { who, when } = writerOf(this.wrote);
    cell.append(part('blame-who', who), part('blame-when', when));
    return cell;
  }
}

function part(name: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = name;
  element.textContent = text;
  return element;
}

function writerOf({ seq, run, name, time }: BlameRange): { who: string; when: string } {
  if (seq === 0) return { who: 'as shipped', when: '' };
  return { who: run === 0 ? 'you' : visibleName(name), when: formatMoment(time) };
}

/** Whose a line is, in words. */
export function blameText(range: BlameRange): string {
  const { who, when } = writerOf(range);
  return range.seq === 0 ? 'As shipped, or older than the history' : `${who}, ${when}, entry ${range.seq}`;
}

export function markers(doc: Text, blame: readonly BlameRange[]): RangeSet<Written> {
  const builder = new RangeSetBuilder<Written>();
  for (const range of blame) {
    for (let nth = 0; nth < range.count && range.from + nth <= doc.lines; nth++) {
      const { from } = doc.line(range.from + nth);
      builder.add(from, from, new Written(range, nth));
    }
  }
  return builder.finish();
}

/** Puts who wrote which lines beside them. */
const setBlame = StateEffect.define<RangeSet<Written>>();

/** Kept with its lines as the text is edited; what is typed has nobody yet. */
const written = StateField.define<RangeSet<Written>>({
  create: () => RangeSet.empty,
  update(set, transaction) {
    let next = set.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(setBlame)) next = effect.value;
    return next;
  },
});

export const blameGutter: Extension = [written, gutter({ class: 'cm-blame', markers: (view) => view.state.field(written) })];

/** To an editor that has `blameGutter`. `base`: the text whose lines these are; `edits` lead from it to what is in the editor. */
export function showBlame(view: EditorView, blame: readonly BlameRange[], base: Text, edits: ChangeSet): void {
  view.dispatch({ effects: setBlame.of(markers(base, blame).map(edits)) });
}

/** Who wrote the line at a position, where that is shown and known. */
export function writerAt(view: EditorView, position: number): string | null {
  const set = view.state.field(written, false);
  if (!set) return null;
  let found: string | null = null;
  const { from } = view.state.doc.lineAt(position);
  set.between(from, from, (_from, _to, marker) => {
    found = blameText(marker.wrote);
    return false;
  });
  return found;
}
