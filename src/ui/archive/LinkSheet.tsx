import { type ReactElement } from 'react';
import { freeDirectory, importArchive } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { Dialog, visibleName } from '../kit/index.ts';
import { showError } from '../stores/index.ts';
import { ContentsOf } from './Contents.tsx';
import { useContents, useFreePlace } from './use-contents.ts';

const SHARED = '/home/shared';

/** Asks before anything of a link is kept. It goes to a directory of its own, and nothing of it runs. */
export function LinkSheet({ archive, onClose }: { archive: Blob; onClose: () => void }): ReactElement {
  const app = useApp();
  const contents = useContents(archive);
  const place = useFreePlace(SHARED, contents.state === 'read' ? plainName(contents.contents.first[0]) : null);
  const add = async (): Promise<void> => {
    onClose();
    try {
      await app.page.fs.mkdir(SHARED, { recursive: true });
      await importArchive(app, archive, 'link', { to: await freeDirectory(app, SHARED, place.slice(place.lastIndexOf('/') + 1)), onExisting: 'keep' });
    } catch (error) {
      showError(app.messages, 'Could not add what the link carries', error);
    }
  };
  return (
    <Dialog label="This link carries files" onClose={onClose}>
      <div className="dialog-head"><h2>This link carries files</h2></div>
      <div className="dialog-content">
        <ContentsOf loaded={contents} />
        {contents.state === 'read' && <p>Add them to <code>{visibleName(place)}</code>? Nothing that you have is changed, and nothing of it runs by itself.</p>}
      </div>
      <div className="dialog-bar">
        <button type="button" className="btn" data-autofocus onClick={onClose}>{contents.state === 'failed' ? 'Close' : 'Do not add'}</button>
        <button type="button" className="btn primary" disabled={contents.state !== 'read' || place === ''} onClick={() => void add()}>Add them</button>
      </div>
    </Dialog>
  );
}

/** The first part of what the archive's first entry is called, if that is a plain name. */
function plainName(path = ''): string {
  const [name = ''] = path.split('/');
  return /^\w[\w.-]{0,63}$/.test(name) ? name : 'link';
}
