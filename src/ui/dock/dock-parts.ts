import { createContext, type ComponentType, type ReactNode } from 'react';
import type { LucideIcon } from 'lucide-react';
import type { TabId, Tabs } from '../stores/index.ts';

export interface TabFace {
  icon: ReactNode;
  /** What the tab says. */
  label: string;
  /** In a quieter voice behind it: the directory, where two have the same name. */
  hint?: string;
}

/** What the dock does not know: the views themselves and their names. */
export interface DockParts {
  View: ComponentType<{ id: TabId }>;
  /** The panes that can be opened, in the order of the menu. */
  panes: readonly { id: TabId; title: string; icon: LucideIcon; keys?: string | undefined }[];
  faceOf(id: TabId, tabs: Tabs): TabFace;
  titleOf(id: TabId, tabs: Tabs): string | null;
}

export const DockContext = createContext<DockParts | null>(null);
