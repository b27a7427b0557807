export { COMMANDS, matchesKeys, type Command } from './commands.ts';
export { copyText, createEntry, deletePath, downloadPath, movePath, openPath, renamePath, targetDirectory } from './files.ts';
export { continueProcess, isProgram, newTerminal, runInTerminal, runPath, splitWithNew, stopProcess, takeOver, type RunRequest } from './run.ts';
export { dataTransferItems, pickFiles, receiveItems, upload, type UploadItem } from './upload.ts';
