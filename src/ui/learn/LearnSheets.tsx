import { type ReactElement } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import { DryRunSheet } from './DryRunSheet.tsx';
import { LearnedSheet } from './LearnedSheet.tsx';

/** What there is to look at after a run in learn mode, or a dry one. */
export function LearnSheets(): ReactElement {
  const app = useApp();
  const learned = useStore(app.overlay, (state) => state.learned);
  const dry = useStore(app.overlay, (state) => state.dryRun);
  return <>{learned && <LearnedSheet key={learned.run} {...learned} />}{dry && <DryRunSheet key={dry.pid} card={dry} />}</>;
}
