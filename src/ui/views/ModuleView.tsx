import { useEffect, useState, type ReactElement } from 'react';
import { useApp } from '../app/index.ts';
import { formatBytes, visibleName } from '../kit/index.ts';
import { MODULE_MAX, ModuleReport, parseModule, type ParsedModule } from '../inspector/index.ts';
import type { ViewerProps } from './viewer.ts';

/** A module of the namespace in the inspector. */
export function ModuleView({ path, stat: { size }, version }: ViewerProps): ReactElement {
  const app = useApp();
  const [loaded, setLoaded] = useState<{ bytes: Uint8Array; parsed: ParsedModule } | string | null>(null);
  useEffect(() => {
    let gone = false;
    if (size <= MODULE_MAX) {
      app.page.fs.readFile(path).then(
        (bytes) => ({ bytes, parsed: parseModule(bytes) }),
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      ).then((next) => {
        if (!gone) setLoaded(next);
      });
    }
    return () => {
      gone = true;
    };
  }, [app, path, size, version]);
  if (size > MODULE_MAX) return <div className="empty">This module has {formatBytes(size)}; up to {formatBytes(MODULE_MAX)} are looked at.</div>;
  if (loaded === null) return <div className="empty" role="status">Loading…</div>;
  if (typeof loaded === 'string') return <div className="empty" role="alert">{visibleName(path)} cannot be read: {loaded}</div>;
  return <div className="module-view"><ModuleReport parsed={loaded.parsed} bytes={loaded.bytes} open /></div>;
}
