import { useMemo, useRef, useState, type DragEvent, type PointerEvent } from 'react';
import { dirname } from '../../shared/base/index.ts';
import { copyEntries, moveEntries } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { plural, visibleName } from '../kit/index.ts';
import { isEditable, type App, type TreeNode } from '../stores/index.ts';

/** Type of dragged entries of the namespace: a JSON list of paths. */
export const DRAG_TYPE = 'application/x-palimpsest-paths';

/** A closed directory opens when something is held over it for so many ms. */
const OPEN_MS = 650;
/** A file up to so many bytes can be dragged out of the page: its bytes must be there when the drag begins. */
const OUT_MAX = 8 << 20;

function rowOf(target: EventTarget | null): string | null {
  return (target as Element | null)?.closest<HTMLElement>('[data-path]')?.dataset['path'] ?? null;
}

/** Entries dragged within the tree are moved, with Ctrl or Alt copied, into the directory they are dropped on. Files from outside are the window's. */
export function useRowDrag() {
  const app = useApp();
  const [target, setTarget] = useState<string | null>(null);
  const hold = useRef<{ path: string; timer: ReturnType<typeof setTimeout> } | null>(null);
  const out = useRef<{ path: string; url: string } | null>(null);
  const handlers = useMemo(() => {
    const rest = (): void => {
      if (hold.current) clearTimeout(hold.current.timer);
      hold.current = null;
    };
    const end = (): void => {
      rest();
      setTarget(null);
    };
    return {
      onPointerDown: (event: PointerEvent) => prepareOut(app, rowOf(event.target), event, out),
      onDragStart: (event: DragEvent) => start(app, event, out.current),
      onDragEnd: end,
      onDragOver: (event: DragEvent) => {
        if (!isEditable(app.explorer.store.getState())) return;
        const ours = event.dataTransfer.types.includes(DRAG_TYPE);
        const directory = directoryAt(app, rowOf(event.target));
        setTarget(directory?.path ?? null);
        if (hold.current?.path !== directory?.path) {
          rest();
          if (directory && !directory.expanded) hold.current = { path: directory.path, timer: setTimeout(() => app.explorer.setExpanded(directory, true), OPEN_MS) };
        }
        if (!ours || !directory) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = event.ctrlKey || event.altKey ? 'copy' : 'move';
      },
      onDragLeave: (event: DragEvent) => {
        if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget))) end();
      },
      onDrop: (event: DragEvent) => {
        end();
        const directory = directoryAt(app, rowOf(event.target));
        const paths = draggedPaths(event.dataTransfer.getData(DRAG_TYPE));
        if (!directory || paths.length === 0 || !isEditable(app.explorer.store.getState())) return;
        event.preventDefault();
        if (event.ctrlKey || event.altKey) void copyEntries(app, paths, directory.path);
        else void moveEntries(app, paths, directory.path);
      },
    };
  }, [app]);
  return { target, handlers };
}

/** The directory of a row: itself, or the one that it is in. */
function directoryAt(app: App, path: string | null): TreeNode | null {
  const node = path === null ? undefined : app.explorer.find(path);
  if (!node || node.origin === 'deleted') return null;
  return node.kind === 'directory' ? node : (app.explorer.find(dirname(node.path)) ?? null);
}

function start(app: App, event: DragEvent, out: { path: string; url: string } | null): void {
  const path = rowOf(event.target);
  const node = path === null ? undefined : app.explorer.find(path);
  if (!node?.parent || node.more > 0) return event.preventDefault();
  if (!app.explorer.store.getState().selected.has(node.path)) app.explorer.activate(node.path);
  const chosen = app.explorer.chosen().filter(({ origin }) => origin !== 'deleted');
  if (chosen.length === 0) return event.preventDefault();
  const { dataTransfer } = event;
  dataTransfer.setData(DRAG_TYPE, JSON.stringify(chosen.map((each) => each.path)));
  dataTransfer.setData('text/plain', chosen.map((each) => each.path).join('\n'));
  dataTransfer.effectAllowed = 'copyMove';
  // Chromium alone takes it: the file is saved where it is dropped on the desktop.
  if (chosen.length === 1 && out?.path === node.path) dataTransfer.setData('DownloadURL', `application/octet-stream:${fileName(node.name)}:${out.url}`);
  showCount(dataTransfer, chosen);
}

/** Colons part the fields of `DownloadURL`, and what cannot be seen has no place in the name of a file on the disk. */
const fileName = (name: string): string => visibleName(name).replaceAll(':', '_');

/** Of several rows the picture of one would mislead. */
function showCount(transfer: DataTransfer, chosen: readonly TreeNode[]): void {
  if (chosen.length < 2) return;
  const badge = document.createElement('div');
  badge.className = 'drag-badge';
  badge.textContent = plural(chosen.length, 'entry', 'entries');
  document.body.append(badge);
  transfer.setDragImage(badge, -8, -8);
  setTimeout(() => badge.remove());
}

/** The bytes of a file must have an address when its drag begins, so they are read when its row is pressed. */
function prepareOut(app: App, path: string | null, event: PointerEvent, out: { current: { path: string; url: string } | null }): void {
  const node = path === null ? undefined : app.explorer.find(path);
  if (event.pointerType !== 'mouse' || event.button !== 0 || node?.kind !== 'file' || node.origin === 'deleted' || node.size > OUT_MAX || node.more > 0) return;
  if (!('showOpenFilePicker' in globalThis)) return;
  const { view, point } = app.explorer.store.getState();
  if (!isEditable({ view, point }) && point === null) return;
  void app.client.api.readFile(app.explorer.pathOf(node.path)).then((bytes) => {
    if (out.current) URL.revokeObjectURL(out.current.url);
    out.current = { path: node.path, url: URL.createObjectURL(new Blob([bytes as BlobPart], { type: 'application/octet-stream' })) };
  }, () => {
    out.current = null;
  });
}

function draggedPaths(text: string): string[] {
  try {
    const paths: unknown = JSON.parse(text);
    return Array.isArray(paths) ? paths.filter((path): path is string => typeof path === 'string' && path.startsWith('/')) : [];
  } catch {
    return [];
  }
}
