import { useState, type ReactElement } from 'react';
import { startTreeReader, type Fault, type TreeApi, type TreeFacts, type TreeFormat } from '../data-tree/index.ts';
import { formatBytes, plural } from '../kit/index.ts';
import { ReaderState, useReader, type ReaderKind } from '../reader/index.ts';
import { TreeRows } from './TreeRows.tsx';
import './tree.css';

const kindOf = (format: TreeFormat): ReaderKind<TreeApi, TreeFacts> => ({ start: startTreeReader, open: (calls, bytes) => calls.load(bytes, format) });
const KINDS: Record<TreeFormat, ReaderKind<TreeApi, TreeFacts>> = { json: kindOf('json'), jsonl: kindOf('jsonl'), yaml: kindOf('yaml') };

/** Bytes that are read; YAML's library takes far longer, and more memory, for each. */
const READ_MAX: Record<TreeFormat, number> = { json: 128 * 1024 * 1024, jsonl: 128 * 1024 * 1024, yaml: 4 * 1024 * 1024 };
const TITLES: Record<TreeFormat, string> = { json: 'JSON', jsonl: 'JSON Lines', yaml: 'YAML' };

interface TreeViewerProps {
  path: string;
  size: number;
  version: number;
  format: TreeFormat;
  /** Shows a line of the file as text; left out where nothing can. */
  onText?: (line: number) => void;
}

/** A document of JSON, JSON Lines or YAML as a tree. It is read in a worker; only the rows on screen leave it. */
export function TreeViewer({ path, size, version, format, onText }: TreeViewerProps): ReactElement {
  const most = READ_MAX[format];
  const loading = useReader(KINDS[format], path, Math.min(size, most), version);
  if (format === 'yaml' && size > most) return <div className="empty">YAML of {formatBytes(size)} is too long for a tree; up to {formatBytes(most)} are read. It can be seen as text.</div>;
  if (loading.state !== 'open') return <ReaderState loading={loading} path={path} opening="Reading its structure…" />;
  return <Opened key={version} loading={loading} cut={size > most} onText={onText} />;
}

function Opened({ loading: { calls, opened }, cut, onText }: { loading: Extract<ReturnType<typeof useReader<TreeApi, TreeFacts>>, { state: 'open' }>; cut: boolean; onText: ((line: number) => void) | undefined }): ReactElement {
  const [rows, setRows] = useState(opened.rows);
  return (
    <div className="tree-view">
      {opened.fault && <FaultLine fault={opened.fault} cut={cut} onText={onText} />}
      <TreeRows calls={calls} count={rows} onCount={setRows} onText={onText} summary={`${TITLES[opened.format]}, ${plural(opened.nodes, 'value')}${cut ? ', of the first part of the file' : ''}`} />
    </div>
  );
}

function FaultLine({ fault: { message, line, column }, cut, onText }: { fault: Fault; cut: boolean; onText: ((line: number) => void) | undefined }): ReactElement {
  return (
    <p className="tree-fault" role="alert">
      <span>{cut ? 'Only the first part of the file is read; it ends there: ' : ''}Line {line}, column {column}: {message}. What stands before is shown.</span>
      {onText && <button type="button" className="btn" onClick={() => onText(line)}>Show line {line} as text</button>}
    </p>
  );
}
