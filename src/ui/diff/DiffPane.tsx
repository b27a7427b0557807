import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { Columns2, RefreshCw, Rows2, Undo2 } from 'lucide-react';
import type { TreeDifference } from '../../shared/abi/index.ts';
import { openPath, restorePath, undoRun } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { formatBytes, formatMoment, visibleName } from '../kit/index.ts';
import { diffTitle, loadSetting, saveSetting, type DiffSpec } from '../stores/index.ts';
import { Picture } from '../views/media/index.ts';
import { BytesDiff } from './BytesDiff.tsx';
import { TEXT_MAX, readContent, type Content } from './content.ts';
import { changeWords, countsText } from './diff-rows.ts';
import { DiffTree } from './DiffTree.tsx';
import { readComparison, type Comparison } from './source.ts';
import { TextDiff } from './TextDiff.tsx';
import './diff.css';

const failure = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What differs between two trees: the tree of differences, and the contents of the chosen one. */
export function DiffPane({ spec }: { spec: DiffSpec }): ReactElement {
  const { comparison, reload } = useComparison(spec);
  const [chosen, setChosen] = useState<TreeDifference | null>(null);
  if (comparison === null) return <div className="empty" role="status">Comparing…</div>;
  if (typeof comparison === 'string') {
    return (
      <div className="empty" role="alert">
        <p>It cannot be compared: {comparison}</p>
        <button type="button" className="btn" onClick={reload}>Try again</button>
      </div>
    );
  }
  const { changes } = comparison;
  const selected = changes.find(({ path, change }) => path === chosen?.path && change === chosen.change) ?? changes.find(({ kind }) => kind === 'file') ?? changes[0] ?? null;
  return (
    <section className="diff" aria-label={visibleName(diffTitle(spec))}>
      <Head spec={spec} comparison={comparison} onReload={reload} />
      {changes.length === 0
        ? <div className="empty"><p>Nothing differs.</p></div>
        : (
          <div className="diff-body">
            <DiffTree changes={changes} selected={selected} onSelect={setChosen} />
            {selected && <Contents key={`${selected.path} ${selected.change}`} comparison={comparison} change={selected} />}
          </div>
        )}
    </section>
  );
}

/** A comparison with the present goes stale: it is read again by its button, not under the reader's eyes. */
function useComparison(spec: DiffSpec): { comparison: Comparison | string | null; reload: () => void } {
  const app = useApp();
  const [comparison, setComparison] = useState<Comparison | string | null>(null);
  const [asked, setAsked] = useState(0);
  const key = JSON.stringify(spec);
  useEffect(() => {
    let gone = false;
    readComparison(app.client.api, JSON.parse(key) as DiffSpec).catch(failure).then((next) => {
      if (!gone) setComparison(next);
    });
    return () => {
      gone = true;
    };
  }, [app, key, asked]);
  return { comparison, reload: useCallback(() => setAsked((count) => count + 1), []) };
}

function Head({ spec, comparison, onReload }: { spec: DiffSpec; comparison: Comparison; onReload: () => void }): ReactElement {
  const app = useApp();
  const { changes, more, names, from } = comparison;
  const path = spec.kind === 'points' ? (spec.path ?? '/') : '/';
  return (
    <div className="diff-head">
      <h2>{visibleName(diffTitle(spec))}</h2>
      <span className="diff-sub">{path !== '/' && <><code>{visibleName(path)}</code> · </>}{spec.kind === 'run' && `${names.before} → ${names.after} · `}<span role="status">{countsText(changes, more)}</span></span>
      <span className="gap" />
      {spec.kind === 'run' && changes.length > 0 && <button type="button" className="btn" onClick={() => void undoRun(app, spec.run, spec.name).then(onReload)}><Undo2 size={13} aria-hidden="true" />Undo this run</button>}
      {spec.kind === 'points' && from !== undefined && from !== 'now' && changes.length > 0 && <button type="button" className="btn" onClick={() => void restorePath(app, path, from).then(onReload)}>Restore {path === '/' ? 'everything' : 'it'} to before</button>}
      <button type="button" className="icon-btn" aria-label="Compare again" title="Compare again" onClick={onReload}><RefreshCw size={14} aria-hidden="true" /></button>
    </div>
  );
}

function useContent(comparison: Comparison, change: TreeDifference): Content | string | null {
  const app = useApp();
  const [content, setContent] = useState<Content | string | null>(null);
  useEffect(() => {
    let gone = false;
    readContent(app.client.api, comparison, change).catch(failure).then((next) => {
      if (!gone) setContent(next);
    });
    return () => {
      gone = true;
    };
  }, [app, comparison, change]);
  return content;
}

function Contents({ comparison, change }: { comparison: Comparison; change: TreeDifference }): ReactElement {
  const app = useApp();
  const content = useContent(comparison, change);
  const [unified, setUnified] = useState(() => loadSetting('diff-unified', matchMedia('(max-width: 899px)').matches, (value) => value === true));
  const words = changeWords(change);
  const choose = (next: boolean): void => {
    setUnified(next);
    saveSetting('diff-unified', next);
  };
  return (
    <div className="diff-content">
      <div className="file-bar">
        <code className="file-path" title={visibleName(change.path)}>{visibleName(change.path)}</code>
        <span className={`file-facts origin-${words.origin}`}>{words.mark} {words.text}</span>
        <Times change={change} />
        <span className="gap" />
        {content !== null && typeof content !== 'string' && content.kind === 'text' && (
          <div className="segments" role="group" aria-label="Show the differences">
            <button type="button" aria-pressed={!unified} onClick={() => choose(false)}><Columns2 size={13} aria-hidden="true" /> Side by side</button>
            <button type="button" aria-pressed={unified} onClick={() => choose(true)}><Rows2 size={13} aria-hidden="true" /> Unified</button>
          </div>
        )}
        {change.change !== 'added' && comparison.from !== undefined && comparison.from !== 'now' && (
          <button type="button" className="btn" onClick={() => void restorePath(app, change.from ?? change.path, comparison.from ?? 'now')}>Restore</button>
        )}
        {change.change !== 'deleted' && change.kind === 'file' && <button type="button" className="btn" onClick={() => openPath(app, change.path)}>Open</button>}
      </div>
      <Body content={content} comparison={comparison} change={change} unified={unified} />
    </div>
  );
}

function Times({ change }: { change: TreeDifference }): ReactElement | null {
  if (change.change !== 'changed' || change.mtime === change.mtimeBefore || change.content) return null;
  return <span className="file-facts">{formatMoment(change.mtimeBefore)} → {formatMoment(change.mtime)}</span>;
}

function Body({ content, comparison, change, unified }: { content: Content | string | null; comparison: Comparison; change: TreeDifference; unified: boolean }): ReactElement {
  if (content === null) return <p className="diff-note" role="status">Reading…</p>;
  if (typeof content === 'string') return <p className="diff-note" role="alert">The contents cannot be read: {content}</p>;
  if (content.kind === 'none') return <p className="diff-note">{content.reason}</p>;
  if (content.kind === 'bytes') return <BytesDiff before={content.before} after={content.after} />;
  if (content.kind === 'images') {
    return (
      <div className="images-diff">
        {([['before', content.before, comparison.names.before], ['after', content.after, comparison.names.after]] as const).map(([side, image, name]) => (
          <figure key={side} aria-label={`Picture ${side}`}>
            <figcaption>{side === 'before' ? 'Before' : 'After'} · {name}{image && ` · ${formatBytes(image.size)}`}</figcaption>
            {image ? <Picture path={image.path} size={image.size} type={image.type} version={0} /> : <div className="empty">There is none.</div>}
          </figure>
        ))}
      </div>
    );
  }
  return (
    <>
      {content.cut && <p className="diff-note" role="status">Only the first {formatBytes(TEXT_MAX)} of each are compared.</p>}
      <TextDiff before={content.before} after={content.after} unified={unified} label={visibleName(change.path)} />
    </>
  );
}
