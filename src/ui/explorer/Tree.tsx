import { useEffect, useRef, type KeyboardEvent, type MouseEvent, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import { indexesWith, isTouch, useFixedRows } from '../kit/index.ts';
import { isEditable, type App, type ExplorerState } from '../stores/index.ts';
import { openRowMenu } from './row-menu.ts';
import { Row } from './Row.tsx';
import { treeKey } from './tree-keys.ts';
import { useRowDrag } from './use-row-drag.ts';

function rowHeight(): number {
  return isTouch() ? 40 : matchMedia('(max-width: 759px), (max-height: 479px)').matches ? 36 : 24;
}

/** The rows, virtualised. The active row is always mounted, so that the focus stays while it is scrolled out. */
export function Tree(): ReactElement {
  const app = useApp();
  const state = useStore(app.explorer.store);
  const { rows, active, renaming, selected, selecting, clipboard, search, filter } = state;
  const scroller = useRef<HTMLDivElement>(null);
  const activeNode = app.explorer.find(active);
  const activeIndex = Math.max(0, activeNode ? rows.indexOf(activeNode) : 0);
  const height = rowHeight();
  const { start, end, height: total, topOf, reveal } = useFixedRows(scroller, rows.length, height);
  useFollowActive(active, activeIndex, reveal, scroller);
  const { target, handlers } = useRowDrag();
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLInputElement) return;
    if (treeKey(app, rows, activeIndex, event)) event.preventDefault();
  };
  return (
    <div ref={scroller} className="tree-scroll" onContextMenu={(event) => openContextMenu(app, event)}>
      <div
        role="tree" aria-label="Namespace" aria-multiselectable="true" aria-busy={search !== null && !search.done} className={`tree${isEditable(state) ? '' : ' looked-at'}`}
        style={{ height: total }} onKeyDown={onKeyDown} {...handlers}
      >
        {indexesWith(start, end, activeIndex, rows.length).map((index) => {
          const node = rows.at(index);
          if (!node) return null;
          const { position, siblings } = rows.placeOf(node);
          return (
            <Row
              key={node.path} node={node} stamp={node.stamp} top={topOf(index)} height={height} position={position} siblings={siblings}
              active={index === activeIndex} chosen={selected.has(node.path)} cut={clipboard?.cut === true && clipboard.paths.includes(node.path)}
              renaming={renaming === node.path} selecting={selecting} dropTarget={target === node.path} filter={search ? filter : null}
            />
          );
        })}
      </div>
      <Nothing state={state} />
    </div>
  );
}

/** Where a view has nothing to show, why. */
function Nothing({ state: { view, point, rows, search, viewError } }: { state: ExplorerState }): ReactElement | null {
  const app = useApp();
  if (rows.length > 1 || viewError !== null) return null;
  if (search) return search.done ? <p className="tree-empty">Nothing is called so. <button type="button" className="link" onClick={() => app.explorer.setFilter('')}>Show all</button></p> : null;
  if (point !== null) return null;
  if (view === 'changes') return <p className="tree-empty">Nothing is changed yet. What programs and you write appears here. <button type="button" className="link" onClick={() => app.explorer.setView('merged')}>Show everything</button></p>;
  return view.startsWith('layer:') ? <p className="tree-empty">This layer holds nothing.</p> : null;
}

/** Scrolls to the active row when it changes, and moves the focus along if the tree has it, or had it when the row that had it went. */
function useFollowActive(active: string, index: number, scrollTo: (index: number) => void, scroller: { current: HTMLElement | null }): void {
  const first = useRef(true);
  const inside = useFocusInside(scroller);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    scrollTo(index);
    const hasFocus = (): boolean => scroller.current?.contains(document.activeElement) === true || (inside.current && document.activeElement === document.body);
    if (!hasFocus()) return;
    requestAnimationFrame(() => {
      // A menu may have taken it by now, or the field of a name.
      if (!hasFocus() || document.activeElement instanceof HTMLInputElement) return;
      scroller.current?.querySelector<HTMLElement>('[role=treeitem][tabindex="0"]')?.focus({ preventScroll: true });
    });
    // Only a change of the active row moves the view: rows that come and go around it do not.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [active]);
}

/** Whether the focus is in an element, or was in something of it that is gone. */
function useFocusInside(element: { current: HTMLElement | null }): { current: boolean } {
  const inside = useRef(false);
  useEffect(() => {
    const root = element.current;
    const enter = (): void => {
      inside.current = true;
    };
    const leave = ({ target }: FocusEvent): void => queueMicrotask(() => {
      if (target instanceof Node && target.isConnected) inside.current = false;
    });
    root?.addEventListener('focusin', enter);
    root?.addEventListener('focusout', leave);
    return () => {
      root?.removeEventListener('focusin', enter);
      root?.removeEventListener('focusout', leave);
    };
  }, [element]);
  return inside;
}

function openContextMenu(app: App, event: MouseEvent): void {
  const path = (event.target as Element).closest<HTMLElement>('[data-path]')?.dataset['path'] ?? '/';
  const node = app.explorer.find(path);
  if (!node || node.more > 0 || event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  openRowMenu(app, node, event.clientX, event.clientY);
}
