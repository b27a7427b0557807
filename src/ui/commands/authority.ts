import { AUDIT } from '../stores/index.ts';
import { exportAudit, generateManifest, openPolicy, runWith, showPane } from '../actions/index.ts';
import type { Command } from './command.ts';
import { activeFile, noModule } from './focus.ts';

export const AUTHORITY: readonly Command[] = [
  { id: 'authority.policy', title: 'Edit the policy', group: 'Authority', run: (app) => void openPolicy(app) },
  { id: 'authority.run-with', title: 'Run the open module with…', group: 'Authority', unavailable: noModule, run: (app) => {
    const path = activeFile(app);
    if (path) void runWith(app, path);
  } },
  { id: 'authority.manifest', title: 'Write a manifest for the open module', group: 'Authority', unavailable: noModule, run: (app) => {
    const path = activeFile(app);
    if (path?.endsWith('.wasm')) void generateManifest(app, path);
  } },
  { id: 'authority.verify', title: 'Verify the audit', group: 'Authority', run: (app) => {
    showPane(app, AUDIT);
    void app.audit.verify();
  } },
  { id: 'authority.export', title: 'Export the audit', group: 'Authority', run: (app) => void exportAudit(app) },
];
