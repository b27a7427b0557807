import { createContext, useContext } from 'react';
import type { App } from '../stores/index.ts';

const AppContext = createContext<App | null>(null);
export const AppProvider = AppContext.Provider;

/** What the root has made for all panes. */
export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('useApp outside of AppProvider');
  return app;
}
