import { dismissToast, showToast, updateToast, type App } from '../stores/index.ts';

/** Repairs the stored workspace and says what was done. */
export async function repairStore(app: App): Promise<void> {
  const toast = showToast(app.messages, { level: 'info', title: 'Checking and repairing the workspace …', progress: 0 });
  try {
    const report = await app.page.fsck({
      repair: true,
      onProgress: ({ phase, done, total }) => updateToast(app.messages, toast, { detail: `${phase}: ${done}${total > 0 ? ` of ${total}` : ''}` }),
    });
    const repaired = report.faults.flatMap(({ path, repair }) => (repair === undefined ? [] : [`${path}: ${repair}`]));
    const left = report.faults.filter(({ repair, kind }) => repair === undefined && kind !== 'past').length + report.more;
    app.messages.setState((state) => ({ notices: state.notices.filter(({ id }) => id !== 'fsck') }));
    showToast(app.messages, {
      level: report.clean ? 'success' : 'warning', keep: true,
      title: report.clean ? 'The workspace is repaired' : `${left} things could not be repaired`,
      detail: `${repaired.slice(0, 5).join('. ')}${repaired.length > 5 ? `, and ${repaired.length - 5} more` : ''}`,
      ...(report.reload ? { actions: [{ label: 'Reload', run: () => location.reload() }] } : {}),
    });
  } catch (error) {
    showToast(app.messages, { level: 'error', title: 'The workspace was not repaired', detail: String(error) });
  } finally {
    dismissToast(app.messages, toast);
  }
}
