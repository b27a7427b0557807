import type { TraceFormat, TraceInfo, TracedCall } from '../../shared/abi/index.ts';
import { receiveBytes } from '../../shared/link/index.ts';
import { copyText, goToNow, goToPoint, openPath, saveBlob } from '../actions/index.ts';
import { formatBytes, plural, visibleName } from '../kit/index.ts';
import { dismissToast, showError, showToast, updateToast, type App, type MenuItem } from '../stores/index.ts';
import { withPart } from './filter.ts';
import { pointAt } from './moment.ts';
import type { TraceModel } from './trace-model.ts';
import { callLine } from './wording.ts';

/** Rows that are copied at most. */
export const COPY_MAX = 5000;
const STEP = 1000;

const EXPORTS: readonly { format: TraceFormat; label: string; extension: string; type: string }[] = [
  { format: 'strace', label: 'As strace text', extension: 'strace.txt', type: 'text/plain' },
  { format: 'json', label: 'As JSON lines', extension: 'jsonl', type: 'application/jsonl' },
  { format: 'chrome', label: 'As Chrome trace, for Perfetto', extension: 'trace.json', type: 'application/json' },
];

/** The descriptor that a call is on, by its first argument. */
function descriptorOf({ call, args }: TracedCall): number | null {
  const [first] = args;
  return /^(fd|sock|path)_/.test(call) && typeof first === 'number' ? first : null;
}

/** Opens the file as it was when the call came back; the way back to now is in its bar. */
export async function openAtMoment(app: App, info: TraceInfo, call: TracedCall): Promise<void> {
  const path = call.to ?? call.path;
  if (path === undefined) return;
  try {
    const point = await pointAt(app.client.api, info.started + call.at + call.duration);
    if (point === null) {
      goToNow(app);
      showToast(app.messages, { level: 'info', title: `The history has no entry after call ${call.seq}`, detail: 'So this is the present. What follows within a tenth of a second can be part of the same entry.' });
    } else await goToPoint(app, point);
    openPath(app, path);
  } catch (error) {
    showError(app.messages, `Could not find the moment of call ${call.seq}`, error);
  }
}

/** What can be done with a call, apart from looking at it. */
export function callActions(app: App, model: TraceModel, call: TracedCall, of: TraceInfo | null): MenuItem[] {
  const path = call.path?.startsWith('/') ? call.path : undefined;
  const fd = descriptorOf(call);
  const { text } = model.store.getState();
  const only = (key: Parameters<typeof withPart>[1], value: string): void => model.setText(withPart(text, key, value));
  const items: (MenuItem | false)[] = [
    path !== undefined && { label: 'Open the file as it was then', run: () => { if (of) void openAtMoment(app, of, call); } },
    path !== undefined && { label: 'Open the file as it is now', run: () => { goToNow(app); openPath(app, call.to ?? path); } },
    path !== undefined && { label: 'All calls about this path', run: () => void model.showAbout(path) },
    { label: `Only ${call.call}`, separated: true, run: () => only('call', call.call) },
    path !== undefined && { label: 'Only this path', run: () => only('path', path) },
    fd !== null && { label: `Only descriptor ${fd}`, run: () => only('fd', String(fd)) },
    { label: `Only thread ${call.tid}`, run: () => only('thread', String(call.tid)) },
    { label: 'Copy as text', keys: 'Ctrl+C', separated: true, run: () => void copyCalls(app, model, call) },
    path !== undefined && { label: 'Copy the path', run: () => void copyText(app, path, 'the path') },
  ];
  return items.filter((item) => item !== false);
}

export function openCallMenu(app: App, model: TraceModel, call: TracedCall, x: number, y: number, of = model.store.getState().info): void {
  app.overlay.setState({ menu: { x, y, label: `Actions on call ${call.seq}`, items: callActions(app, model, call, of) } });
}

/** The chosen rows as text, one a line; `one`: where it is not among them, that. */
export async function copyCalls(app: App, model: TraceModel, one?: TracedCall): Promise<void> {
  const { selection, run } = model.store.getState();
  try {
    if (!selection || run === null || selection.anchor === selection.head) {
      const call = one ?? selection?.call;
      if (call) await copyText(app, callLine(call), `call ${call.seq}`);
      return;
    }
    const from = Math.min(selection.anchor, selection.head);
    const wanted = Math.abs(selection.anchor - selection.head) + 1;
    const lines: string[] = [];
    while (lines.length < Math.min(wanted, COPY_MAX)) {
      const { calls } = await app.client.api.traceRead(run, model.filter(), from + lines.length, Math.min(STEP, Math.min(wanted, COPY_MAX) - lines.length));
      if (calls.length === 0) break;
      lines.push(...calls.map(callLine));
    }
    await copyText(app, lines.join('\n'), wanted > COPY_MAX ? `the first ${plural(lines.length, 'call')}; export all of them instead` : plural(lines.length, 'call'));
  } catch (error) {
    showError(app.messages, 'Could not copy the calls', error);
  }
}

/** What can be exported: what is shown, or all of the run. */
export function openExportMenu(app: App, model: TraceModel, x: number, y: number): void {
  const { info } = model.store.getState();
  if (!info) return;
  const filtered = Object.keys(model.filter()).length > 0;
  const entries = (all: boolean): MenuItem[] => EXPORTS.map((kind, at) => ({
    label: filtered ? `${kind.label}: ${all ? 'all calls' : 'what is shown'}` : kind.label, ...(at === 0 && all && filtered && { separated: true }),
    run: () => void exportTrace(app, model, info, kind, all),
  }));
  app.overlay.setState({ menu: { x, y, label: 'Export the calls', items: filtered ? [...entries(false), ...entries(true)] : entries(true) } });
}

async function exportTrace(app: App, model: TraceModel, info: TraceInfo, { format, extension, type }: (typeof EXPORTS)[number], all: boolean): Promise<void> {
  const name = `${info.name.replace(/[^\w.-]+/g, '-').slice(0, 60) || 'trace'}-${info.run}.${extension}`;
  const stop = new AbortController();
  const title = `Exporting the calls of ${visibleName(info.name)}`;
  const toast = showToast(app.messages, { level: 'info', keep: true, title, detail: 'Starting…', actions: [{ label: 'Cancel', run: () => stop.abort() }] });
  try {
    const reader = receiveBytes(await app.client.api.traceExport(info.run, all ? {} : model.filter(), format)).getReader();
    stop.signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined));
    const parts: Blob[] = [];
    let bytes = 0;
    let told = 0;
    for (let part = await reader.read(); !part.done && !stop.signal.aborted; part = await reader.read()) {
      parts.push(new Blob([part.value as Uint8Array<ArrayBuffer>]));
      bytes += part.value.length;
      if (performance.now() - told < 200) continue;
      told = performance.now();
      updateToast(app.messages, toast, { detail: formatBytes(bytes) });
    }
    if (stop.signal.aborted) showToast(app.messages, { level: 'info', title: `${title}: cancelled` });
    else {
      saveBlob(new Blob(parts, { type }), name);
      showToast(app.messages, { level: 'success', title: `Exported as ${name}`, detail: format === 'chrome' ? `${formatBytes(bytes)}. Open it in Perfetto, or under “Performance” in a browser’s tools.` : formatBytes(bytes) });
    }
  } catch (error) {
    if (!stop.signal.aborted) showError(app.messages, 'Could not export the calls', error);
  } finally {
    dismissToast(app.messages, toast);
  }
}
