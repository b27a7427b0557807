export { connectApp, createApp, refreshProcesses, type App } from './app.ts';
export { Explorer, freeName, type ExplorerState, type ExplorerView } from './explorer.ts';
export { LAYOUT_LIMITS, SHEETS, clampPane, type Sheet } from './layout.ts';
export { dismissToast, showError, showToast, updateToast, type Toast, type ToastAction } from './messages.ts';
export type { Confirmation, MenuItem, RunCard } from './overlay.ts';
export { PROCESSES, WELCOME, closeFileTab, fileTab, openFileTab, renameTabs, tabIds, type TabId } from './tabs.ts';
export { activateTerminal, closeTerminal, openTerminal, patchTerminal, shownTerminals, splitTerminal, turnTerminal, type Terminal } from './terminals.ts';
export { THEME_CHOICES, chooseTheme, type ThemeChoice } from './theme.ts';
export type { TreeNode } from './tree-model.ts';
