import { StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import './ui/theme/index.ts';
import { AppProvider } from './ui/app/index.ts';
import { createPalimpsest, startKernel, type Palimpsest } from './ui/client/index.ts';
import { missingFeatures } from './ui/launch/index.ts';
import { CannotStart, isNarrow, Shell, Starting } from './ui/shell/index.ts';
import { connectApp, createApp, showError } from './ui/stores/index.ts';
import { openFirstTerminal } from './ui/terminal/index.ts';

declare global {
  /** The page's API; see `ui/client/palimpsest.ts`. Absent where the page cannot start. */
  var palimpsest: Palimpsest | undefined;
}

function start(root: Root): void {
  const client = startKernel();
  const page = createPalimpsest(client);
  globalThis.palimpsest = page;
  const app = createApp(client, page);
  root.render(<Starting />);
  client.ready.then((info) => {
    // The shell starts while the window is drawn.
    if (!isNarrow()) openFirstTerminal(app);
    connectApp(app, info);
    root.render(<StrictMode><AppProvider value={app}><Shell /></AppProvider></StrictMode>);
  }, (error: unknown) => {
    const detail = error instanceof Error ? error.message : String(error);
    root.render(<CannotStart problems={[{ title: 'The kernel did not start', remedy: `${detail}. Reload the page; if that does not help, close its other tabs.` }]} />);
  });
  client.onFailure((error) => showError(app.messages, 'The kernel has failed', error, 'What was acknowledged is kept: reload the page.'));
}

const element = document.getElementById('root');
if (!element) throw new Error('the page has no #root');
const root = createRoot(element);
const problems = missingFeatures();
if (problems.length > 0) root.render(<CannotStart problems={problems} />);
else start(root);
