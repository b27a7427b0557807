import { useState, type FormEvent, type ReactElement } from 'react';
import { plural, visibleName, Dialog } from '../kit/index.ts';
import { mountName } from '../client/index.ts';
import { showToast } from '../stores/index.ts';
import { useApp } from '../app/index.ts';
import { useWork } from './use-work.ts';
import { WorkLine } from './WorkLine.tsx';

/** Asks for the name of the mount, and mounts. */
export function MountSheet({ handle, onClose }: { handle: FileSystemDirectoryHandle; onClose: () => void }): ReactElement {
  const app = useApp();
  const work = useWork();
  const [name, setName] = useState(() => mountName(handle.name));
  const mount = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const info = await work.start((how) => app.page.folders.mount(handle, name.trim(), how));
    if (!info) return;
    onClose();
    showToast(app.messages, { level: 'success', title: `${visibleName(handle.name)} is at ${info.path}`, detail: `${plural(info.entries, 'entry', 'entries')}. The folder itself stays as it is until you commit to it.` });
    await app.explorer.reveal(info.path);
  };
  return (
    <Dialog label="Mount a local folder" onClose={onClose}>
      <form className="folder-form" onSubmit={(event) => void mount(event)}>
        <div className="dialog-head"><h2>Mount {visibleName(handle.name)}</h2></div>
        <div className="dialog-content">
          <p>Programs see the folder at the place below, and may write there. What they write stays in this workspace; the folder on your disk is only read until you commit to it.</p>
          <label className="folder-name">Name below /mnt <input className="input mono" data-autofocus required maxLength={64} pattern="[A-Za-z0-9_\-][A-Za-z0-9._\-]*" title="Letters, digits, dot, _ and -" spellCheck={false} autoComplete="off" value={name} disabled={work.running} onChange={(event) => setName(event.target.value)} /></label>
          <WorkLine work={work} />
        </div>
        <div className="dialog-bar">
          <button type="button" className="btn" onClick={onClose}>Cancel</button>
          <button type="submit" className="btn primary" disabled={work.running}>Mount</button>
        </div>
      </form>
    </Dialog>
  );
}
