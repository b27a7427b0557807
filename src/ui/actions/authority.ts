import { FsError } from '../../shared/base/index.ts';
import { receiveBytes } from '../../shared/link/index.ts';
import { visibleName } from '../kit/index.ts';
import { openFileTab, showError, showToast, type App } from '../stores/index.ts';
import { saveBlob } from './files.ts';

export const POLICY = '/etc/policy.toml';

/** The process's next call that needs it fails; without `grant`, any that needs one. Whether it is done. */
export async function revokeGrant(app: App, pid: number, grant?: number): Promise<boolean> {
  try {
    await app.client.api.grantRevoke(pid, grant);
    return true;
  } catch (error) {
    showError(app.messages, `Could not revoke ${grant === undefined ? 'the grants' : 'a grant'} of process ${pid}`, error);
    return false;
  }
}

/** What a policy is begun with. It decides nothing by itself. */
const FIRST_POLICY = `# What programs may do without a question, and what they may never do. The first rule that fits decides; what is saved holds at once.
# “Always” in a question adds a rule here. Such as:
#
# [[rule]]
# decision = "deny"            # allow, deny, ask
# action = "http"              # file, http, listen, connect, publish, subscribe, kv, spawn, clocks, entropy, any
# host = "*.example.org"
`;

/** Opens the policy for editing, at a line, else at its first fault; it is begun where there is none. */
export async function openPolicy(app: App, at?: number): Promise<void> {
  try {
    await app.client.api.lstat(POLICY).catch(async (error: unknown) => {
      if (!(error instanceof FsError) || error.code !== 'ENOENT') throw error;
      await app.page.fs.writeFile(POLICY, FIRST_POLICY);
    });
    const line = at ?? (await app.client.api.policyState().catch(() => null))?.problems[0]?.line ?? 1;
    app.overlay.setState({ editAt: { path: POLICY, line } });
    app.tabs.setState((tabs) => openFileTab(tabs, POLICY, 'keep'));
    app.layout.setState({ sheet: 'view' });
  } catch (error) {
    showError(app.messages, `Could not open ${POLICY}`, error);
  }
}

/** Writes a manifest for a module that has none, with what it imports in words, and opens it for editing. */
export async function generateManifest(app: App, module: string): Promise<void> {
  const path = `${module.replace(/\.wasm$/i, '')}.component.toml`;
  try {
    const text = await app.client.api.generateManifest(module);
    const taken = await app.client.api.lstat(path).then(() => true, () => false);
    if (taken) throw new FsError('EEXIST', 'write', path, { detail: 'there is a manifest already' });
    await app.page.fs.writeFile(path, text);
    app.overlay.setState({ editAt: { path, line: 1 } });
    app.tabs.setState((tabs) => openFileTab(tabs, path, 'keep'));
    app.layout.setState({ sheet: 'view' });
  } catch (error) {
    showError(app.messages, `Could not write a manifest for ${visibleName(module)}`, error, 'Open the one that is there, or delete it first.');
  }
}

/** The whole audit as JSON lines, as a download. */
export async function exportAudit(app: App): Promise<void> {
  const name = 'audit.jsonl';
  try {
    const { stream, done } = await app.client.api.auditExport();
    done.close();
    const parts: Blob[] = [];
    const reader = receiveBytes(stream).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) parts.push(new Blob([part.value as Uint8Array<ArrayBuffer>]));
    saveBlob(new Blob(parts, { type: 'application/jsonl' }), name);
    showToast(app.messages, { level: 'success', title: `Exported the audit as ${name}` });
  } catch (error) {
    showError(app.messages, 'Could not export the audit', error);
  }
}
