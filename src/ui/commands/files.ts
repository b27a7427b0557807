import { backUpNow, chooseBackup, commitFolder, copyLink, copyText, createEntry, downloadPath, pickArchive, pickFiles, pickFolder, stopBackup, targetDirectory } from '../actions/index.ts';
import type { Command } from './command.ts';
import { activeFile, noFile } from './focus.ts';

export const FILES: readonly Command[] = [
  { id: 'file.new', title: 'New file', group: 'Files', run: (app) => void createEntry(app, targetDirectory(app), 'file') },
  { id: 'file.folder', title: 'New folder', group: 'Files', run: (app) => void createEntry(app, targetDirectory(app), 'directory') },
  { id: 'file.upload', title: 'Upload files, or a .wasm to run', group: 'Files', keys: 'Ctrl+O', run: (app) => pickFiles(app, targetDirectory(app)) },
  { id: 'folder.mount', title: 'Mount a local folder…', group: 'Files', run: (app) => void pickFolder(app) },
  { id: 'folder.commit', title: 'Commit to a local folder…', group: 'Files', run: (app) => void commitFolder(app) },
  { id: 'file.backup', title: 'Back up to a file…', group: 'Files', run: (app) => void chooseBackup(app) },
  { id: 'file.backup-now', title: 'Back up now', group: 'Files', run: (app) => void backUpNow(app) },
  { id: 'file.backup-stop', title: 'Stop backing up', group: 'Files', run: (app) => void stopBackup(app) },
  { id: 'file.export-workspace', title: 'Export workspace…', group: 'Files', run: (app) => app.overlay.setState({ archive: { kind: 'export', folder: null } }) },
  { id: 'file.export', title: 'Export folder…', group: 'Files', run: (app) => app.overlay.setState({ archive: { kind: 'export', folder: targetDirectory(app) } }) },
  { id: 'file.import', title: 'Import an archive…', group: 'Files', run: (app) => pickArchive(app, targetDirectory(app)) },
  { id: 'file.link', title: 'Copy a link that carries this folder', group: 'Files', run: (app) => void copyLink(app, targetDirectory(app)) },
  { id: 'file.download', title: 'Download the open file', group: 'Files', unavailable: noFile, run: (app) => {
    const path = activeFile(app);
    if (path) void downloadPath(app, path);
  } },
  { id: 'file.copy', title: 'Copy the path of the open file', group: 'Files', unavailable: noFile, run: (app) => {
    const path = activeFile(app);
    if (path) void copyText(app, path, 'the path');
  } },
];
