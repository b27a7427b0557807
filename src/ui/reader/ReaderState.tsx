import type { ReactElement } from 'react';
import { formatBytes, visibleName } from '../kit/index.ts';
import type { Loading } from './use-reader.ts';

interface ReaderStateProps {
  loading: Exclude<Loading<unknown, unknown>, { state: 'open' }>;
  path: string;
  /** What the worker does after all is read: `Reading its structure…`. */
  opening: string;
}

/** What is shown until a file is open, and where it cannot be opened. */
export function ReaderState({ loading, path, opening }: ReaderStateProps): ReactElement {
  if (loading.state === 'failed') return <div className="empty" role="alert"><p>{visibleName(path)} cannot be shown: {visibleName(loading.message)}</p></div>;
  if (loading.state === 'opening') return <div className="empty" role="status">{opening}</div>;
  const { done, total } = loading;
  return (
    <div className="empty" role="status">
      {total > 8 * 1024 * 1024 ? <><span>Reading {formatBytes(done)} of {formatBytes(total)}</span><progress value={done} max={total} aria-label="Read so far" /></> : 'Loading…'}
    </div>
  );
}
