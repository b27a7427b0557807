import { showError, showToast, type App } from '../stores/index.ts';

/** Shows the system calls of a process, ended or not. */
export async function showCallsOf(app: App, pid: number): Promise<void> {
  try {
    const found = (await app.client.api.traceRuns()).find((run) => run.pid === pid);
    if (found) app.trace.showRun(found.run);
    else showToast(app.messages, { level: 'info', title: `No calls of process ${pid} are kept`, detail: 'Those of the last runs are; it may have made none yet.' });
  } catch (error) {
    showError(app.messages, `Could not find the calls of process ${pid}`, error);
  }
}
