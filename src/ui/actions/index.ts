export { COMMANDS, matchesKeys, type Command } from './commands.ts';
export { copyText, createEntry, deletePath, downloadPath, movePath, openPath, renamePath, targetDirectory } from './files.ts';
export { continueProcess, endProcess, isProgram, newTerminal, pauseProcess, runInTerminal, runPath, splitWithNew, takeOver, type RunRequest } from './run.ts';
export { dataTransferItems, pickFiles, receiveItems, upload, type UploadItem } from './upload.ts';
