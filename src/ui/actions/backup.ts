import type { BackupFile } from '../client/index.ts';
import { showError, showToast, type App } from '../stores/index.ts';

type Picker = { showSaveFilePicker?: (options: { suggestedName: string }) => Promise<BackupFile> };

/** Lets the user pick the file that the workspace is exported into from now on. */
export async function chooseBackup(app: App): Promise<void> {
  const { showSaveFilePicker } = globalThis as Picker;
  if (!showSaveFilePicker) {
    showToast(app.messages, { level: 'warning', title: 'This browser cannot write to a file by itself', detail: 'Export the workspace from the palette now and then.' });
    return;
  }
  try {
    const file = await showSaveFilePicker.call(globalThis, { suggestedName: 'palimpsest-backup.tar.gz' });
    await app.page.backup.choose(file);
    const { state } = app.page.backup;
    if (state.status === 'failed') showToast(app.messages, { level: 'error', title: `No backup could be written to ${state.file}`, detail: state.error ?? '' });
    else if (state.status !== 'off') showToast(app.messages, { level: 'success', title: `Backed up to ${state.file}`, detail: `From now on when something changed, at most every ${state.minutes} minutes while this page is open.` });
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) showError(app.messages, 'Could not set up the backup', error);
  }
}

export async function backUpNow(app: App): Promise<void> {
  const { backup } = app.page;
  if (backup.state.status === 'off') return chooseBackup(app);
  if (backup.state.status === 'waiting') await backup.allow();
  await backup.now();
  const { state } = app.page.backup;
  if (state.status === 'on') showToast(app.messages, { level: 'success', title: `Backed up to ${state.file}` });
  else if (state.status !== 'off') showToast(app.messages, { level: 'error', title: 'No backup was made', detail: state.error ?? 'the browser does not allow it' });
}

export async function stopBackup(app: App): Promise<void> {
  await app.page.backup.stop();
  showToast(app.messages, { level: 'info', title: 'No more backups are made', detail: 'The file stays as it is.' });
}
