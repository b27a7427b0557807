import { useEffect } from 'react';
import { showEnd } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { endedAtPrompt, type App } from '../stores/index.ts';

/** A script may run programs without a pause: what is told waits until none has ended for so long. Milliseconds. */
const CALM = 150;

/** What a program that was typed at a prompt has changed is told like what one from the sheet has. */
export function usePromptRuns(): void {
  const app = useApp();
  useEffect(() => watch(app), [app]);
}

/** What is shown wants a decision: it stays. */
function waits(app: App): boolean {
  const { runCard } = app.overlay.getState();
  return runCard !== null && (runCard.session !== undefined || runCard.learned === true || runCard.dry === true);
}

function watch(app: App): () => void {
  const since = Date.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = app.processes.subscribe(({ list }, before) => {
    const prompts = new Set(app.terminals.getState().list.flatMap(({ pid }) => pid ?? []));
    const ended = endedAtPrompt(before.list, list, prompts, since);
    const { exit, pid, name } = ended ?? {};
    if (!exit || pid === undefined || name === undefined) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!waits(app)) void showEnd(app, { pid, name, status: exit });
    }, CALM);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
