import { useEffect } from 'react';
import { dirname } from '../../shared/base/index.ts';
import { dataTransferItems, droppedFolder, offerMount, receiveItems } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { showError, type App } from '../stores/index.ts';

/** Files dragged anywhere light the window; a drop on a row of the explorer goes to that directory, else to `/home`. */
export function useWindowDrop(): void {
  const app = useApp();
  useEffect(() => {
    let depth = 0;
    const light = (dragging: boolean): void => {
      if (!dragging) depth = 0;
      if (app.overlay.getState().dragging !== dragging) app.overlay.setState({ dragging });
    };
    const handlers = {
      dragenter: (event: DragEvent) => {
        if (!hasFiles(event)) return;
        depth++;
        light(true);
      },
      dragleave: (event: DragEvent) => {
        if (hasFiles(event) && --depth <= 0) light(false);
      },
      dragover: (event: DragEvent) => {
        if (!hasFiles(event) || !event.dataTransfer) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
      },
      drop: (event: DragEvent) => {
        light(false);
        if (!hasFiles(event) || !event.dataTransfer) return;
        event.preventDefault();
        receiveDrop(app, event.dataTransfer, directoryAt(app, event.target));
      },
      dragend: () => light(false),
    };
    const entries = Object.entries(handlers) as [keyof typeof handlers, (event: DragEvent) => void][];
    for (const [name, handler] of entries) window.addEventListener(name, handler);
    return () => {
      for (const [name, handler] of entries) window.removeEventListener(name, handler);
    };
  }, [app]);
}

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;

function directoryAt(app: App, target: EventTarget | null): string {
  const path = target instanceof Element ? target.closest<HTMLElement>('[data-path]')?.dataset['path'] : undefined;
  const node = path === undefined ? undefined : app.explorer.find(path);
  if (!node || node.path === '/') return '/home';
  return node.kind === 'directory' ? node.path : dirname(node.path);
}

function receiveDrop(app: App, transfer: DataTransfer, directory: string): void {
  void droppedFolder(transfer).then((folder) => folder && offerMount(app, folder));
  dataTransferItems(transfer)
    .then((items) => receiveItems(app, items, directory))
    .catch((error: unknown) => void showError(app.messages, 'Could not read what was dropped', error, 'Drop fewer entries at once.'));
}
