import { useEffect, useMemo, useRef, useState, type DragEvent, type KeyboardEvent, type MouseEvent, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { dirname, joinPath, basename } from '../../shared/base/index.ts';
import { movePath, openPath } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { indexesWith, useFixedRows } from '../kit/index.ts';
import type { TreeNode } from '../stores/index.ts';
import { openRowMenu } from './row-menu.ts';
import { Row } from './Row.tsx';
import { treeKey } from './tree-keys.ts';

/** Type of a dragged entry of the namespace. */
export const DRAG_TYPE = 'application/x-palimpsest-path';

function rowHeight(): number {
  return matchMedia('(max-width: 699px)').matches ? 36 : 24;
}

/** The rows, virtualised. The active row is always mounted, so that the focus stays while it is scrolled out. */
export function Tree(): ReactElement {
  const app = useApp();
  const { rows, active, renaming, view, point } = useStore(app.explorer.store);
  const scroller = useRef<HTMLDivElement>(null);
  const [target, setTarget] = useState<string | null>(null);
  const activeIndex = useMemo(() => Math.max(0, rows.findIndex((row) => row.path === active)), [rows, active]);
  const height = rowHeight();
  const { start, end, height: total, reveal } = useFixedRows(scroller, rows.length, height);
  useFollowActive(active, activeIndex, reveal, scroller);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLInputElement) return;
    if (treeKey(app, rows, activeIndex, event)) event.preventDefault();
  };
  const drop = useRowDrop(setTarget);
  return (
    <div ref={scroller} className="tree-scroll" onContextMenu={(event) => openContextMenu(app, rows, event)}>
      <div
        role="tree" aria-label="Namespace" className={`tree${point === null ? '' : ' past'}`} style={{ height: total }}
        onKeyDown={onKeyDown} {...drop}
      >
        {indexesWith(start, end, activeIndex, rows.length).map((index) => {
          const node = rows[index];
          return node && (
            <Row
              key={node.path} node={node} top={index * height} height={height} active={index === activeIndex}
              renaming={renaming === node.path} dropTarget={target === node.path}
            />
          );
        })}
      </div>
      {view === 'changes' && point === null && rows.length <= 1 && <p className="tree-empty">Nothing is changed yet. What programs and you write appears here.</p>}
    </div>
  );
}

/** Scrolls to the active row when it changes, and moves the focus along if the tree has it. */
function useFollowActive(active: string, index: number, scrollTo: (index: number) => void, scroller: { current: HTMLElement | null }): void {
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    scrollTo(index);
    if (!scroller.current?.contains(document.activeElement)) return;
    requestAnimationFrame(() => {
      if (document.activeElement instanceof HTMLInputElement) return;
      scroller.current?.querySelector<HTMLElement>('[role=treeitem][tabindex="0"]')?.focus({ preventScroll: true });
    });
    // Only a change of the active row moves the view: rows that come and go around it do not.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [active]);
}

function rowOf(event: MouseEvent | DragEvent): string | null {
  return (event.target as Element).closest<HTMLElement>('[data-path]')?.dataset['path'] ?? null;
}

function openContextMenu(app: ReturnType<typeof useApp>, rows: readonly TreeNode[], event: MouseEvent): void {
  const path = rowOf(event) ?? '/';
  const node = rows.find((row) => row.path === path);
  if (!node || event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  app.explorer.activate(path);
  openRowMenu(app, node, event.clientX, event.clientY);
}

/** Entries dragged within the tree are moved into the directory they are dropped on; files from outside are the window's. */
function useRowDrop(setTarget: (path: string | null) => void) {
  const app = useApp();
  const directoryAt = (event: DragEvent): string | null => {
    const path = rowOf(event);
    const node = path === null ? undefined : app.explorer.find(path);
    return node ? (node.kind === 'directory' ? node.path : dirname(node.path)) : null;
  };
  return {
    onDragStart: (event: DragEvent) => {
      const path = rowOf(event);
      if (!path || path === '/' || app.explorer.store.getState().point !== null) return;
      event.dataTransfer.setData(DRAG_TYPE, path);
      event.dataTransfer.effectAllowed = 'move';
    },
    onDragOver: (event: DragEvent) => {
      if (app.explorer.store.getState().point !== null) return;
      setTarget(directoryAt(event));
      if (event.dataTransfer.types.includes(DRAG_TYPE)) event.preventDefault();
    },
    onDragLeave: () => setTarget(null),
    onDrop: (event: DragEvent) => {
      setTarget(null);
      const from = event.dataTransfer.getData(DRAG_TYPE);
      const directory = directoryAt(event);
      if (from === '' || directory === null) return;
      event.preventDefault();
      void movePath(app, from, joinPath(directory, basename(from)));
    },
    onDoubleClick: (event: MouseEvent) => {
      const path = rowOf(event);
      const node = path === null ? undefined : app.explorer.find(path);
      if (node?.kind === 'symlink') openPath(app, node.path);
    },
  };
}
