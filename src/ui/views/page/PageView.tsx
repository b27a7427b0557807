import { useEffect, useState, type ReactElement } from 'react';
import { ShieldCheck } from 'lucide-react';
import { basename } from '../../../shared/base/index.ts';
import { useApp } from '../../app/index.ts';
import { formatBytes, visibleName } from '../../kit/index.ts';
import type { ViewerProps } from '../../viewer/index.ts';
import { safePage } from './safe-page.ts';
import './page.css';

const PAGE_MAX = 4 * 1024 * 1024;

/** An HTML file as it looks: in a frame without scripts, without the page's origin and without a way to the network. */
export function PageView({ path, stat: { size }, version }: ViewerProps): ReactElement {
  const app = useApp();
  const [page, setPage] = useState<{ html: string | null } | string | null>(null);
  useEffect(() => {
    if (size > PAGE_MAX) return undefined;
    let gone = false;
    app.client.api.readRange(path, 0, PAGE_MAX).then(
      (bytes) => ({ html: safePage(new TextDecoder().decode(bytes)) }),
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    ).then((next) => {
      if (!gone) setPage(next);
    });
    return () => {
      gone = true;
    };
  }, [app, path, size, version]);
  if (size > PAGE_MAX) return <div className="empty">This page has {formatBytes(size)}; up to {formatBytes(PAGE_MAX)} are shown.</div>;
  if (page === null) return <div className="empty" role="status">Loading…</div>;
  if (typeof page === 'string') return <div className="empty" role="alert">{visibleName(path)} cannot be read: {visibleName(page)}</div>;
  if (page.html === null) return <div className="empty" role="alert">This page is another one each time it is read: it is shown as text only.</div>;
  return (
    <div className="page-view">
      <p className="page-note"><ShieldCheck size={14} aria-hidden="true" />Scripts, links and everything from elsewhere are off</p>
      <iframe title={`${visibleName(basename(path))}, rendered`} sandbox="" referrerPolicy="no-referrer" srcDoc={page.html} />
    </div>
  );
}
