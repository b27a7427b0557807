import { type ReactElement } from 'react';
import { progressText } from '../actions/index.ts';
import type { Work } from './use-work.ts';

/** How far the work is, or why it failed. */
export function WorkLine({ work: { running, progress, error } }: { work: Work }): ReactElement | null {
  if (error !== null) return <p className="folder-error" role="alert">{error}</p>;
  if (!running) return null;
  const known = progress !== null && progress.total > 0;
  return (
    <div className="folder-work">
      <progress aria-label="Progress" max={1} {...(known ? { value: progress.done / progress.total } : {})} />
      <p>{progress ? progressText(progress) : 'Looking at the folder'}</p>
    </div>
  );
}
