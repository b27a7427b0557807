import { copyPaths, deleteEntries, duplicateEntries, pasteInto, takeUp, targetDirectory } from '../actions/index.ts';
import { isEditable, type App, type TreeNode, type TreeRows } from '../stores/index.ts';
import { focusFilter } from './focus-filter.ts';
import { openRow } from './press-row.ts';
import { openRowMenu } from './row-menu.ts';

type Stroke = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;
type Handler = (app: App, node: TreeNode, rows: TreeRows, at: number) => void;

const PAGE = 20;
const TYPE_AHEAD_MS = 700;

/** Where a key moves to: an index, which is brought into the rows. */
const MOVES: Record<string, (at: number, count: number) => number> = {
  ArrowDown: (at) => at + 1, ArrowUp: (at) => at - 1, PageDown: (at) => at + PAGE, PageUp: (at) => at - PAGE, Home: () => 0, End: (_at, count) => count - 1,
};

const rowAt = (rows: TreeRows, at: number): TreeNode | undefined => rows.at(Math.min(rows.length - 1, Math.max(0, at)));

const isChangeable = (app: App): boolean => isEditable(app.explorer.store.getState());

const KEYS: Record<string, Handler> = {
  ArrowRight: (app, node) => {
    if (node.kind !== 'directory') return;
    const first = node.children?.first();
    if (!node.expanded) app.explorer.setExpanded(node, true);
    else if (first) app.explorer.activate(first.path);
  },
  ArrowLeft: (app, node) => {
    if (node.kind === 'directory' && node.expanded) app.explorer.setExpanded(node, false);
    else if (node.parent) app.explorer.activate(node.parent.path);
  },
  Enter: (app, node) => openRow(app, node),
  ' ': (app, node) => openRow(app, node),
  F2: (app, node) => {
    if (isChangeable(app) && node.parent && node.origin !== 'deleted' && node.more === 0) app.explorer.rename(node.path);
  },
  Delete: (app) => {
    if (isChangeable(app)) void deleteEntries(app, app.explorer.chosen());
  },
  Backspace: (app, node) => {
    if (node.parent) app.explorer.activate(node.parent.path);
  },
  Escape: (app, node) => {
    const { filter, clipboard, selected, selecting } = app.explorer.store.getState();
    if (selecting) app.explorer.setSelecting(false);
    else if (selected.size > 1) app.explorer.activate(node.path);
    else if (clipboard?.cut) app.explorer.setClipboard(null);
    else if (filter !== '') app.explorer.setFilter('');
  },
  '*': (app, node) => {
    for (const sibling of node.parent?.children ?? []) if (sibling.kind === 'directory') app.explorer.setExpanded(sibling, true);
  },
};

/** With Ctrl (Cmd on a Mac). */
const CONTROL_KEYS: Record<string, Handler> = {
  a: (app) => app.explorer.chooseAll(),
  c: (app) => takeUp(app, app.explorer.chosen(), false),
  x: (app) => {
    if (isChangeable(app)) takeUp(app, app.explorer.chosen(), true);
  },
  v: (app) => {
    if (isChangeable(app)) void pasteInto(app, targetDirectory(app));
  },
  d: (app) => {
    if (isChangeable(app)) void duplicateEntries(app, app.explorer.chosen());
  },
  f: () => focusFilter(),
  ' ': (app, node) => app.explorer.toggleChosen(node.path),
};

/** Acts on a key of the tree; returns whether it was one (WAI-ARIA tree view pattern, several may be chosen). */
export function treeKey(app: App, rows: TreeRows, at: number, stroke: Stroke): boolean {
  const node = rows.at(at);
  if (!node) return false;
  const control = stroke.ctrlKey || stroke.metaKey;
  if (MOVES[stroke.key] && !stroke.altKey) return move(app, rows, at, stroke, control);
  if (control) return controlKey(app, node, rows, at, stroke);
  if (stroke.altKey) return false;
  if (stroke.key === 'ContextMenu' || (stroke.shiftKey && stroke.key === 'F10')) {
    const box = document.activeElement?.getBoundingClientRect();
    openRowMenu(app, node, (box?.left ?? 0) + 24, box?.bottom ?? 0);
    return true;
  }
  const handler = KEYS[stroke.key];
  if (handler) {
    handler(app, node, rows, at);
    return true;
  }
  if (stroke.key.length !== 1 || stroke.key === '/' || stroke.key === '?') return false;
  const found = typeAhead(rows, at, stroke.key, performance.now());
  if (found) app.explorer.activate(found.path);
  return true;
}

/** An arrow goes to another row, which is then chosen; with Shift all up to it are, with Ctrl what is chosen stays. */
function move(app: App, rows: TreeRows, at: number, { key, shiftKey }: Stroke, control: boolean): boolean {
  const row = rowAt(rows, MOVES[key]?.(at, rows.length) ?? at);
  if (!row) return false;
  if (shiftKey) extendTo(app, at, rows, row);
  else if (control) app.explorer.focusRow(row.path);
  else app.explorer.activate(row.path);
  return true;
}

/** From where the choice began, else from the row that has the focus. */
function extendTo(app: App, at: number, rows: TreeRows, row: TreeNode): void {
  const from = rows.at(at);
  if (from && !app.explorer.store.getState().selected.has(from.path)) app.explorer.activate(from.path);
  app.explorer.chooseTo(row);
}

function controlKey(app: App, node: TreeNode, rows: TreeRows, at: number, { key, altKey, shiftKey }: Stroke): boolean {
  const letter = key.toLowerCase();
  if (letter === 'c' && (shiftKey || altKey)) {
    void copyPaths(app, app.explorer.chosen());
    return true;
  }
  const handler = altKey || shiftKey ? undefined : CONTROL_KEYS[letter];
  handler?.(app, node, rows, at);
  return handler !== undefined;
}

const typed = { text: '', at: 0 };

/** The next row whose name starts with what was typed within 700 ms; a repeated letter goes on to the next. */
export function typeAhead<Row extends Pick<TreeNode, 'name'>>(rows: Iterable<Row>, at: number, key: string, now: number): Row | null {
  const fresh = now - typed.at > TYPE_AHEAD_MS;
  typed.text = fresh ? key.toLowerCase() : typed.text + key.toLowerCase();
  typed.at = now;
  const same = [...typed.text].every((letter) => letter === typed.text[0]);
  const wanted = same ? typed.text.slice(0, 1) : typed.text;
  const start = same ? at + 1 : at;
  let before: Row | null = null;
  let index = 0;
  for (const row of rows) {
    const here = index++ >= start;
    if ((!here && before) || !row.name.toLowerCase().startsWith(wanted)) continue;
    if (here) return row;
    before = row;
  }
  return before;
}
