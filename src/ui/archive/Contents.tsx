import { type ReactElement } from 'react';
import { formatBytes, plural, visibleName } from '../kit/index.ts';
import type { LoadedContents } from './use-contents.ts';

const SHOWN = 8;

/** What an archive holds, in a line, and the first names in it. */
export function ContentsOf({ loaded }: { loaded: LoadedContents }): ReactElement {
  if (loaded.state === 'reading') return <p role="status">Reading…</p>;
  if (loaded.state === 'failed') return <p className="note" role="alert">It cannot be read: {loaded.message}</p>;
  const { files, directories, links, bytes, first, kind } = loaded.contents;
  const rest = files + directories + links - SHOWN;
  return (
    <div className="archive-contents">
      <p role="status">
        {kind === 'workspace' && 'A workspace: '}{plural(files, 'file')}, {formatBytes(bytes)}
        {directories > 0 && `, ${plural(directories, 'folder')}`}{links > 0 && `, ${plural(links, 'link')}`}
      </p>
      <ul>{first.slice(0, SHOWN).map((name, index) => <li key={`${index} ${name}`}><code>{visibleName(name)}</code></li>)}</ul>
      {rest > 0 && <p className="archive-line">and {plural(rest, 'more', 'more')}</p>}
    </div>
  );
}
