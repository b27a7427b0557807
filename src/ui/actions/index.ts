export { ARCHIVE, copyLink, exportArchive, freeDirectory, importArchive, pickArchive, type ImportChoice } from './archive.ts';
export { copyEntries, copyPaths, deleteEntries, downloadEntries, duplicateEntries, moveEntries, pasteInto, seeAs, takeUp, viewFileAs } from './entries.ts';
export { copyText, createEntry, deletePath, downloadPath, nameFault, movePath, openPath, renamePath, saveBlob, showInExplorer, targetDirectory } from './files.ts';
export { allowFolder, commitFolder, droppedFolder, folderOf, offerFolder, offerMount, openCommit, pickFolder, progressText, refreshFolder, unmountFolder } from './folders.ts';
export {
  attempt, dropSnapshot, goToNow, goToPoint, makeBranch, makeSnapshot, perform, redoRun, restorePath, showHistoryOf, showUpper, stepMine, undoEntry, undoLastRun, undoRun, type Act,
} from './history.ts';
export { commitLayer, discardUpper, dropLayer, keepSession, mergeLayer, pushLayer, removeLayer, renameLayer, reorderLayers } from './layers.ts';
export { continueProcess, endProcess, followRun, isProgram, newTerminal, patchRunCard, pauseProcess, runInTerminal, runPath, runWith, sendSignal, showEnd, splitWithNew, startInTerminal, takeOver, type RunRequest } from './run.ts';
export { POLICY, exportAudit, generateManifest, openPolicy, revokeGrant } from './authority.ts';
export { backUpNow, chooseBackup, stopBackup } from './backup.ts';
export { closeView, closeViews, keepFile, keepView, reopenView, resetLayout, showDiff, showPane, showView, toggleMaximised } from './views.ts';
export { showCallsOf } from './trace.ts';
export { repairStore } from './repair.ts';
export { dataTransferItems, pickFiles, receiveItems, upload, type UploadItem } from './upload.ts';
