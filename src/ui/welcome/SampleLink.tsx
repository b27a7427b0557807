import { type ReactElement } from 'react';
import { showPane } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { WELCOME } from '../stores/index.ts';

/** In a pane that has nothing to show before a program has run: the way to one. */
export function SampleLink(): ReactElement {
  const app = useApp();
  return <button type="button" className="link" onClick={() => showPane(app, WELCOME)}>Run a sample</button>;
}
