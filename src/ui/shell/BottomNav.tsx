import { type ReactElement } from 'react';
import { Activity, Ellipsis, FileText, Folder, SquareTerminal } from 'lucide-react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import type { Sheet } from '../stores/index.ts';

const ITEMS: { sheet: Sheet; label: string; icon: typeof Folder }[] = [
  { sheet: 'files', label: 'Files', icon: Folder }, { sheet: 'view', label: 'View', icon: FileText },
  { sheet: 'terminal', label: 'Terminal', icon: SquareTerminal }, { sheet: 'processes', label: 'Processes', icon: Activity },
  { sheet: 'more', label: 'More', icon: Ellipsis },
];

export function BottomNav(): ReactElement {
  const app = useApp();
  const shown = useStore(app.layout, (state) => state.sheet);
  return (
    <nav className="bottom-nav" aria-label="Panes">
      {ITEMS.map(({ sheet, label, icon: Icon }) => (
        <button key={sheet} type="button" aria-current={sheet === shown ? 'page' : undefined} onClick={() => app.layout.setState({ sheet })}>
          <Icon size={18} aria-hidden="true" />{label}
        </button>
      ))}
    </nav>
  );
}
