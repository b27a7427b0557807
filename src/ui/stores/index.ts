export { Approvals, currentApproval, waitingBehind, type ApprovalsState, type Settled } from './approvals.ts';
export { AUDIT_PAGE, Audit, type AuditFilter, type AuditState } from './audit.ts';
export { connectApp, createApp, refreshProcesses, type App } from './app.ts';
export { Drafts, fingerprint, type Draft } from './drafts.ts';
export { Explorer, freeName } from './explorer.ts';
export { isEditable, layerOf, layerView, pidOf, processView, type ExplorerState, type ExplorerView } from './explorer-state.ts';
export { LOADED_MAX } from './read-directory.ts';
export type { SearchState } from './search-results.ts';
export { DEFAULT_LAYOUT, LAYOUT_LIMITS, SHEETS, clampPane, type Sheet } from './layout.ts';
export { clearMessages, dismissNotice, dismissToast, mergeNotices, seenMessages, showError, showToast, updateToast, type Said, type Toast, type ToastAction } from './messages.ts';
export { describeAct } from './my-changes.ts';
export type { ArchiveSheet, Confirmation, Conflicts, Dropped, MenuItem, Resolution, RunCard } from './overlay.ts';
export {
  AUDIT, BUS, FIXED, GRANTS, LAYERS, MAP, NO_TAB, PROCESSES, TIMELINE, TRACE, WELCOME, closeFileTab, closeTab, fileTab, keepTab, openFileTab, openTab, pathOfTab, renameTabs, reopenTab, resetTabs,
  type OpenAs, type Tabs, type TabsStore,
} from './tabs.ts';
export type { TabId } from './tab-id.ts';
export type { DockControl, DockSide, DockStore } from './dock.ts';
export { groupsOf, isGroup, type DockGroup, type DockLayout, type DockNode, type DockSplit } from './dock-layout.ts';
export { diffTab, diffTitle, parseDiff, pointName, type DiffSpec } from './diff-spec.ts';
export { activateTerminal, closeTerminal, openTerminal, patchTerminal, shownTerminals, splitTerminal, turnTerminal, type Terminal } from './terminals.ts';
export { THEME_CHOICES, chooseTheme, type ThemeChoice } from './theme.ts';
export { endedAtPrompt } from './prompt-runs.ts';
export { noteCommand, type RecentStore } from './recent.ts';
export { TOUR_STEPS, beginTour, endTour, followTour, turnTour, type TourStep } from './tour.ts';
export { searchParts } from './search-parts.ts';
export { loadSetting, saveSetting } from './persisted.ts';
export { pathAt, type Timeline, type TimelineState } from './timeline.ts';
export { parseFilter, type DensityBin, type EntryRow, type RunRow, type TimelineRow } from './timeline-rows.ts';
export type { Trace, TraceView, TraceWish } from './trace.ts';
export type { TreeRows } from './tree-model.ts';
export { isGlowing, type TreeNode } from './tree-node.ts';
