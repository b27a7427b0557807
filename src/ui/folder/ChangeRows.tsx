import { type ReactElement } from 'react';
import type { FolderChange, FolderChoice } from '../../shared/abi/index.ts';
import { formatBytes, visibleName } from '../kit/index.ts';

export type Choices = Readonly<Record<string, FolderChoice | undefined>>;

interface ChangeRowsProps {
  changes: readonly FolderChange[];
  choices?: Choices;
  /** Left out: conflicts are only named. */
  onChoose?: (path: string, choice: FolderChoice | undefined) => void;
  onOpen?: (path: string) => void;
  busy?: boolean;
}

const WORDS: Readonly<Record<FolderChange['change'], string>> = { added: 'new', changed: 'changed', deleted: 'deleted', renamed: 'moved', settle: 'the same' };

const COLOURS: Readonly<Record<FolderChange['change'], string>> = { added: 'origin-new', changed: 'origin-changed', deleted: 'origin-deleted', renamed: 'origin-changed', settle: '' };

/** Changes, one a row; where both sides changed something, what is to be done. */
export function ChangeRows({ changes, choices = {}, onChoose, onOpen, busy = false }: ChangeRowsProps): ReactElement {
  return (
    <table className="folder-changes" aria-label="Changes">
      <tbody>{changes.map((change) => (
        <tr key={change.path}>
          <td className={COLOURS[change.change]}>{WORDS[change.change]}</td>
          <th scope="row">
            {onOpen && change.kind === 'file' && change.change !== 'deleted' ? <button type="button" className="link" onClick={() => onOpen(change.path)}>{visibleName(change.path)}</button> : visibleName(change.path)}
            {change.from !== undefined && <small>from {visibleName(change.from)}</small>}
            {(change.problem ?? change.conflict?.detail) !== undefined && <small className="folder-why">{change.problem ?? change.conflict?.detail}</small>}
          </th>
          <td>{change.kind === 'file' ? sizes(change) : change.kind}</td>
          <td>{change.conflict && !change.problem && onChoose && <Choice change={change} choice={choices[change.path]} onChoose={onChoose} busy={busy} />}</td>
        </tr>
      ))}</tbody>
    </table>
  );
}

function Choice({ change: { path, conflict }, choice, onChoose, busy }: { change: FolderChange; choice: FolderChoice | undefined; onChoose: NonNullable<ChangeRowsProps['onChoose']>; busy: boolean }): ReactElement {
  return (
    <select className="input" aria-label={`What to do with ${visibleName(path)}`} value={choice ?? ''} disabled={busy} onChange={(event) => onChoose(path, (event.target.value || undefined) as FolderChoice | undefined)}>
      <option value="">leave both</option>
      {conflict?.reason !== 'not-empty' && <option value="mine">mine</option>}
      <option value="theirs">the folder’s</option>
      <option value="both">keep both</option>
    </select>
  );
}

function sizes({ change, size, sizeBefore }: FolderChange): string {
  if (change === 'deleted') return formatBytes(sizeBefore);
  return change === 'changed' && size !== sizeBefore ? `${formatBytes(sizeBefore)} → ${formatBytes(size)}` : formatBytes(size);
}
