import { useState, type FormEvent, type ReactElement } from 'react';
import type { ArchiveFormat } from '../../shared/abi/index.ts';
import { basename } from '../../shared/base/index.ts';
import { exportArchive } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { Dialog, visibleName } from '../kit/index.ts';

const FORMATS: { value: ArchiveFormat; label: string; extension: string }[] = [
  { value: 'tar.gz', label: 'tar, compressed', extension: 'tar.gz' },
  { value: 'tar', label: 'tar', extension: 'tar' },
  { value: 'oci', label: 'OCI image (a tar for skopeo, umoci and others)', extension: 'oci.tar' },
];

/** What is to be exported, and how. */
export function ExportSheet({ folder, at, onClose }: { folder: string | null; at: number | undefined; onClose: () => void }): ReactElement {
  const app = useApp();
  const [format, setFormat] = useState<ArchiveFormat>('tar.gz');
  const [base, setBase] = useState(false);
  const title = folder === null ? 'Export the workspace' : `Export ${visibleName(folder)}`;
  const when = at === undefined ? '' : ` as of entry ${at}`;
  const start = (event: FormEvent): void => {
    event.preventDefault();
    onClose();
    const { extension } = FORMATS.find(({ value }) => value === format)!;
    const name = `${folder === null ? 'workspace' : basename(folder) || 'root'}.${extension}`;
    void exportArchive(app, { what: folder === null ? { workspace: true, base } : { folder }, format, ...(at !== undefined && { at }) }, name);
  };
  return (
    <Dialog label={title} onClose={onClose}>
      <form className="dialog-body" onSubmit={start}>
        <div className="dialog-head"><h2>{title}{when}</h2></div>
        <div className="dialog-content">
          <div className="archive-form">
            <label htmlFor="export-format">Format</label>
            <select id="export-format" className="field" data-autofocus value={format} onChange={(event) => setFormat(event.target.value as ArchiveFormat)}>
              {FORMATS.map(({ value, label }) => <option key={value} value={value}>{label}</option>)}
            </select>
          </div>
          {folder === null && (
            <>
              <label className="archive-tick"><input type="checkbox" checked={base} onChange={(event) => setBase(event.target.checked)} /> With what is shipped, not only your changes</label>
              <p>{base ? 'For use elsewhere: everything that you see.' : 'Your changes and deletions: an empty workspace that imports it at / becomes this one.'}</p>
            </>
          )}
        </div>
        <div className="dialog-bar">
          <button type="button" className="btn" onClick={onClose}>Cancel</button>
          <button type="submit" className="btn primary">Export…</button>
        </div>
      </form>
    </Dialog>
  );
}
