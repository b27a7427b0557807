import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import type { ViewMode } from '../viewer/index.ts';
import { VIEWERS } from './viewers.ts';

/** Takes what another pane asked of the tab of this file: a way to show it, or who wrote it. */
export function useAskedView(path: string, show: (mode: ViewMode) => void, showWriters: () => void): void {
  const app = useApp();
  const asked = useStore(app.overlay, ({ viewAs }) => (viewAs?.path === path ? viewAs : null));
  useEffect(() => {
    if (!asked) return;
    app.overlay.setState({ viewAs: null });
    if (asked.mode !== undefined && Object.hasOwn(VIEWERS, asked.mode)) show(asked.mode as ViewMode);
    if (asked.writers) showWriters();
  }, [app, asked, show, showWriters]);
}
