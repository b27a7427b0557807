import { useState, type FormEvent, type ReactElement } from 'react';
import { dirname, normalizePath } from '../../shared/base/index.ts';
import { ARCHIVE, importArchive } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { Dialog, formatBytes, visibleName } from '../kit/index.ts';
import { ContentsOf } from './Contents.tsx';
import { useContents, useFreePlace } from './use-contents.ts';

/** What an archive holds, and where it is to go. */
export function ImportSheet({ file, directory, onClose }: { file: File; directory: string; onClose: () => void }): ReactElement {
  const app = useApp();
  const contents = useContents(file);
  const place = useFreePlace(directory, file.name.replace(ARCHIVE, ''));
  const [typed, setTyped] = useState<string | null>(null);
  const [replace, setReplace] = useState(false);
  const [layer, setLayer] = useState<string | null>(null);
  const workspace = contents.state === 'read' && contents.contents.kind === 'workspace';
  const to = typed ?? (workspace ? '/' : place);
  const title = `Import ${visibleName(file.name)}`;
  const start = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const target = normalizePath(to);
    onClose();
    if (target !== '/') await app.page.fs.mkdir(dirname(target), { recursive: true }).catch(() => undefined);
    await importArchive(app, file, file.name, { to: target, onExisting: replace ? 'replace' : 'keep', ...(layer && { layer }) });
  };
  return (
    <Dialog label={title} onClose={onClose}>
      <form className="dialog-body" onSubmit={(event) => void start(event)}>
        <div className="dialog-head"><h2>{title}</h2><p className="archive-line">{formatBytes(file.size)}</p></div>
        <div className="dialog-content">
          <ContentsOf loaded={contents} />
          <div className="archive-form">
            <label htmlFor="import-to">Into</label>
            <input id="import-to" className="field" data-autofocus value={to} spellCheck={false} autoComplete="off" onChange={(event) => setTyped(event.target.value)} />
          </div>
          <label className="archive-tick"><input type="checkbox" checked={replace} onChange={(event) => setReplace(event.target.checked)} /> Replace what is there{workspace && ', and delete what it says is deleted'}</label>
          <label className="archive-tick"><input type="checkbox" checked={layer !== null} onChange={(event) => setLayer(event.target.checked ? layerName(file.name) : null)} /> As a read-only layer of its own</label>
          {layer !== null && (
            <div className="archive-form">
              <label htmlFor="import-layer">Its name</label>
              <input id="import-layer" className="field" value={layer} spellCheck={false} autoComplete="off" onChange={(event) => setLayer(event.target.value)} />
            </div>
          )}
        </div>
        <div className="dialog-bar">
          <button type="button" className="btn" onClick={onClose}>Cancel</button>
          <button type="submit" className="btn primary" disabled={contents.state !== 'read' || to === '' || layer === ''}>Import</button>
        </div>
      </form>
    </Dialog>
  );
}

/** What a layer may be called, from the archive's name. */
function layerName(file: string): string {
  return file.replace(ARCHIVE, '').replace(/[^\w.-]+/g, '-').slice(0, 48) || 'imported';
}
