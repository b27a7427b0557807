import { use, type ReactElement } from 'react';
import type { IDockviewPanelHeaderProps } from 'dockview-react';
import { X } from 'lucide-react';
import { useStore } from 'zustand';
import { closeView } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { DockContext } from './dock-parts.ts';

/** The face of a tab. Its name for screen readers, its role and its keys are those of the element around it. */
export function DockTab({ api }: IDockviewPanelHeaderProps): ReactElement | null {
  const app = useApp();
  const parts = use(DockContext);
  const tabs = useStore(app.tabs);
  if (!parts) return null;
  const { icon, label, hint } = parts.faceOf(api.id, tabs);
  const unsaved = tabs.unsaved.includes(api.id);
  return (
    <div className={`dock-tab${tabs.preview === api.id ? ' preview' : ''}${unsaved ? ' unsaved' : ''}`} aria-hidden="true">
      {icon}
      <span className="dock-tab-label">{label}</span>
      {hint && <span className="dock-tab-hint">{hint}</span>}
      {/* A button in a tab would be lost to screen readers: they close it by Delete, or by its menu. */}
      <span className="dock-tab-close" title="Close (Alt+W)" onPointerDown={(event) => event.preventDefault()} onClick={(event) => { event.stopPropagation(); closeView(app, api.id); }}>
        <i className="dock-tab-dot" /><X size={13} />
      </span>
    </div>
  );
}
