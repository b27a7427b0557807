import { useState, type ReactElement } from 'react';
import { SafeText, formatBytes, plural } from '../kit/index.ts';
import { ReaderState, RowList, useReader, type Calls, type ReaderKind } from '../reader/index.ts';
import { startSqliteReader, type DatabaseFacts, type DatabaseObject, type SqliteApi } from '../sqlite/index.ts';
import { ObjectRows } from './ObjectRows.tsx';
import { QueryBox } from './QueryBox.tsx';
import './database.css';

const KIND: ReaderKind<SqliteApi, DatabaseFacts> = { start: startSqliteReader, open: (calls, bytes) => calls.load(bytes) };

/** Larger databases are not read: all of it has to be in memory. */
const READ_MAX = 256 * 1024 * 1024;

interface DatabaseViewerProps {
  path: string;
  size: number;
  version: number;
}

/** A database of SQLite: its tables, their rows, how they were made, and queries on a copy in memory. */
export function DatabaseViewer({ path, size, version }: DatabaseViewerProps): ReactElement {
  const [attempt, setAttempt] = useState(0);
  if (size > READ_MAX) return <div className="empty">This database has {formatBytes(size)}. All of it would have to be in memory; up to {formatBytes(READ_MAX)} are opened.</div>;
  return <Loaded path={path} size={size} version={version} attempt={attempt} onCancel={() => setAttempt(attempt + 1)} />;
}

function Loaded({ path, size, version, attempt, onCancel }: DatabaseViewerProps & { attempt: number; onCancel: () => void }): ReactElement {
  const loading = useReader(KIND, path, size, version, attempt);
  const [view, setView] = useState<View>('rows');
  const [selected, setSelected] = useState(0);
  const [sql, setSql] = useState('');
  if (loading.state !== 'open') return <ReaderState loading={loading} path={path} opening="Opening the database…" />;
  const { calls, opened } = loading;
  const object = opened.objects[selected] ?? opened.objects[0];
  return (
    <div className="database">
      <div className="database-list">
        <RowList
          label="Tables, views, indexes and triggers" count={opened.objects.length} rowHeight={24} active={opened.objects.length > 0 ? Math.min(selected, opened.objects.length - 1) : -1} onActive={(index) => { setSelected(index); if (view === 'query') setView('rows'); }}
          onRange={ignore} row={(index) => <ObjectRow object={opened.objects[index]!} />}
        />
        <p className="function-count quiet">{plural(opened.objects.length, 'object')}{opened.more && ' and more'} · {plural(opened.pages, 'page')} of {formatBytes(opened.pageSize)}{opened.wal && ' · what is only in its log (-wal) is not shown'}</p>
      </div>
      <div className="database-main">
        <div className="grid-tools">
          <div className="segments" role="group" aria-label="Show of the database">
            {VIEWS.map(({ id, title }) => <button key={id} type="button" aria-pressed={view === id} onClick={() => setView(id)}>{title}</button>)}
          </div>
          {view !== 'query' && object && <b className="database-name"><SafeText text={object.name} max={80} /></b>}
        </div>
        {view === 'query'
          ? <QueryBox calls={calls} sql={sql} onSql={setSql} onCancel={onCancel} ended={attempt > 0} />
          : object ? <Shown key={`${version} ${attempt}`} calls={calls} object={object} view={view} onStop={() => { setView('schema'); onCancel(); }} /> : <div className="empty">There are no tables in it.</div>}
      </div>
    </div>
  );
}

const ignore = (): void => undefined;

type View = 'rows' | 'schema' | 'query';
const VIEWS: readonly { id: View; title: string }[] = [{ id: 'rows', title: 'Rows' }, { id: 'schema', title: 'Schema' }, { id: 'query', title: 'Query' }];

function ObjectRow({ object: { type, name } }: { object: DatabaseObject }): ReactElement {
  return <><span className="object-name"><SafeText text={name} max={80} /></span><span className="quiet object-type">{type}</span></>;
}

function Shown({ calls, object, view, onStop }: { calls: Calls<SqliteApi>; object: DatabaseObject; view: View; onStop: () => void }): ReactElement {
  if (view === 'schema') {
    return (
      <div className="database-schema" tabIndex={0} role="region" aria-label="How it was made">
        <p className="quiet">{object.type}{object.table !== object.name && <> of <SafeText text={object.table} max={80} /></>}</p>
        <pre><SafeText text={object.sql === '' ? 'SQLite made it by itself.' : object.sql} max={20_000} /></pre>
      </div>
    );
  }
  if (object.type === 'index' || object.type === 'trigger') return <div className="empty">{object.type === 'index' ? 'An index' : 'A trigger'} has no rows. Its schema says how it was made.</div>;
  return <ObjectRows key={object.name} calls={calls} name={object.name} onStop={onStop} />;
}
