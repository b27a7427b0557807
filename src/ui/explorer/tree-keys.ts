import { copyText, deletePath, openPath } from '../actions/index.ts';
import type { App, TreeNode } from '../stores/index.ts';
import { openRowMenu } from './row-menu.ts';

type Stroke = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;
type Handler = (app: App, node: TreeNode, rows: readonly TreeNode[], at: number) => void;

const PAGE = 20;
const TYPE_AHEAD_MS = 700;

const goTo = (app: App, rows: readonly TreeNode[], at: number): void => {
  const row = rows[Math.min(rows.length - 1, Math.max(0, at))];
  if (row) app.explorer.activate(row.path);
};

const isChangeable = (app: App, node: TreeNode): boolean =>
  node.path !== '/' && node.origin !== 'deleted' && app.explorer.store.getState().point === null;

const KEYS: Record<string, Handler> = {
  ArrowDown: (app, _node, rows, at) => goTo(app, rows, at + 1),
  ArrowUp: (app, _node, rows, at) => goTo(app, rows, at - 1),
  PageDown: (app, _node, rows, at) => goTo(app, rows, at + PAGE),
  PageUp: (app, _node, rows, at) => goTo(app, rows, at - PAGE),
  Home: (app, _node, rows) => goTo(app, rows, 0),
  End: (app, _node, rows) => goTo(app, rows, rows.length - 1),
  ArrowRight: (app, node, rows, at) => {
    if (node.kind !== 'directory') return;
    if (!node.expanded) app.explorer.setExpanded(node, true);
    else if (node.children?.length) goTo(app, rows, at + 1);
  },
  ArrowLeft: (app, node) => {
    if (node.kind === 'directory' && node.expanded) app.explorer.setExpanded(node, false);
    else if (node.parent) app.explorer.activate(node.parent.path);
  },
  Enter: (app, node) => {
    if (node.kind === 'directory') app.explorer.setExpanded(node, !node.expanded);
    else if (node.origin !== 'deleted') openPath(app, node.path);
  },
  F2: (app, node) => {
    if (isChangeable(app, node)) app.explorer.rename(node.path);
  },
  Delete: (app, node) => {
    if (isChangeable(app, node)) void deletePath(app, node);
  },
  '*': (app, node) => {
    for (const sibling of node.parent?.children ?? []) if (sibling.kind === 'directory') app.explorer.setExpanded(sibling, true);
  },
};

/** Acts on a key of the tree; returns whether it was one (WAI-ARIA tree view pattern). */
export function treeKey(app: App, rows: readonly TreeNode[], at: number, stroke: Stroke): boolean {
  const node = rows[at];
  if (!node) return false;
  if ((stroke.ctrlKey || stroke.metaKey) && stroke.key.toLowerCase() === 'c') {
    void copyText(app, node.path, 'the path');
    return true;
  }
  if (stroke.ctrlKey || stroke.metaKey || stroke.altKey) return false;
  if (stroke.key === 'ContextMenu' || (stroke.shiftKey && stroke.key === 'F10')) {
    const box = document.activeElement?.getBoundingClientRect();
    openRowMenu(app, node, (box?.left ?? 0) + 24, box?.bottom ?? 0);
    return true;
  }
  const handler = KEYS[stroke.key === ' ' ? 'Enter' : stroke.key];
  if (handler) {
    handler(app, node, rows, at);
    return true;
  }
  if (stroke.key.length !== 1 || stroke.key === '/' || stroke.key === '?') return false;
  const found = typeAhead(rows, at, stroke.key, performance.now());
  if (found >= 0) goTo(app, rows, found);
  return true;
}

const typed = { text: '', at: 0 };

/** The next row whose name starts with what was typed within 700 ms; a repeated letter goes on to the next. */
export function typeAhead(rows: readonly Pick<TreeNode, 'name'>[], at: number, key: string, now: number): number {
  const fresh = now - typed.at > TYPE_AHEAD_MS;
  typed.text = fresh ? key.toLowerCase() : typed.text + key.toLowerCase();
  typed.at = now;
  const same = [...typed.text].every((letter) => letter === typed.text[0]);
  const wanted = same ? typed.text.slice(0, 1) : typed.text;
  const start = same ? at + 1 : at;
  for (let step = 0; step < rows.length; step++) {
    const index = (start + step) % rows.length;
    if (rows[index]?.name.toLowerCase().startsWith(wanted)) return index;
  }
  return -1;
}
