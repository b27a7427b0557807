import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ArchiveRemark, ExitStatus, MergeConflict, MergeOptions } from '../../shared/abi/index.ts';

export interface MenuItem {
  label: string;
  /** Shown at the right end. */
  keys?: string;
  /** Not called for one with `items`. */
  run: () => void;
  /** A menu of its own beside it. */
  items?: MenuItem[];
  /** Why it can do nothing now. */
  unavailable?: string;
  danger?: boolean;
  /** Draws a line above. */
  separated?: boolean;
  /** Of something that is on or off. */
  checked?: boolean;
}

export interface Confirmation {
  title: string;
  detail: string;
  /** The label of the button that goes on. */
  confirm: string;
  run: () => void;
}

export interface RunCard {
  pid: number;
  name: string;
  status: ExitStatus;
  /** Its number in the history, once it is known. */
  run?: number;
  /** It started others that changed something: they are shown and undone with it. */
  children?: boolean;
  /** What undid it, for the redo. */
  undoneBy?: number;
  /** The session layer that has its changes, until it is decided what becomes of them. */
  session?: string;
  /** It was run to learn what it needs: there is a manifest to look at. */
  learned?: boolean;
  /** It was a dry run: there is a report of what it would have done. */
  dry?: boolean;
}

/** A module that waits for a decision, with the manifest that was dropped beside it. */
export interface Dropped {
  file: File;
  manifest: File | null;
  /** Where the module is, if it is in the namespace: then the kernel finds its manifest. */
  path?: string;
}

export type Resolution = NonNullable<MergeOptions['onConflict']>;

/** What was left as it is, because it was changed later, and how to go on with it. */
export interface Conflicts {
  /** What was being done: “Undo of writer”. */
  title: string;
  list: readonly MergeConflict[];
  /** Does it again for these paths, with what was chosen for them. */
  resolve: (resolution: Resolution, paths: string[]) => Promise<void>;
  /** All are decided, and nothing is left over. */
  settled?: () => Promise<void>;
}

/** To mount a folder that was picked, or to commit to one that is mounted; `resume`: a commit that was interrupted. */
export type FolderSheet = { sheet: 'mount'; handle: FileSystemDirectoryHandle } | { sheet: 'commit'; name: string; resume: boolean };

/** A sheet about an export or import. */
export type ArchiveSheet =
  /** `folder` null: the whole workspace. `at`: as it was after that entry. */
  | { kind: 'export'; folder: string | null; at?: number }
  | { kind: 'import'; file: File; directory: string }
  /** An archive that the page's address carried. */
  | { kind: 'link'; archive: Blob }
  | { kind: 'remarks'; title: string; skipped: readonly ArchiveRemark[]; notes: readonly ArchiveRemark[]; more: number };

/** What lies over the panes. Each field is null or false while it is not shown. */
export interface Overlay {
  palette: boolean;
  shortcuts: boolean;
  /** The list of what was said. */
  said: boolean;
  confirmation: Confirmation | null;
  /** The dropped module that waits for a decision. */
  dropped: Dropped | null;
  /** The sheet of a folder of the disk. */
  folder: FolderSheet | null;
  archive: ArchiveSheet | null;
  menu: { x: number; y: number; label: string; items: MenuItem[] } | null;
  runCard: RunCard | null;
  conflicts: Conflicts | null;
  /** A text file that is to be opened for editing, at a line. */
  editAt: { path: string; line: number } | null;
  /** How a file that is being opened is to be shown: as text, bytes, …, or with who wrote it. */
  viewAs: { path: string; mode?: string; writers?: boolean } | null;
  /** The manifest that a run in learn mode needed. */
  learned: { run: number; name: string } | null;
  /** The dry run whose report is shown. */
  dryRun: RunCard | null;
  /** What the timeline's bar asks a name for, at the moment that is shown. */
  naming: 'snapshot' | 'branch' | null;
  /** Files are being dragged over the window. */
  dragging: boolean;
  /** Search bar of the terminal pane. */
  terminalSearch: boolean;
  screenReader: boolean;
}

export type OverlayStore = StoreApi<Overlay>;

export function createOverlay(screenReader: boolean): OverlayStore {
  return createStore<Overlay>(() => ({
    palette: false, shortcuts: false, said: false, confirmation: null, dropped: null, folder: null, archive: null, menu: null, runCard: null, conflicts: null, editAt: null, viewAs: null, learned: null, dryRun: null, naming: null, dragging: false,
    terminalSearch: false, screenReader,
  }));
}
