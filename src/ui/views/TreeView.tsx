import type { ReactElement } from 'react';
import { useApp } from '../app/index.ts';
import { TreeViewer } from '../tree/index.ts';
import type { ViewerProps } from '../viewer/index.ts';

const FORMATS: Record<string, 'jsonl' | 'yaml'> = { 'application/x-ndjson': 'jsonl', 'application/yaml': 'yaml' };

/** JSON, JSON Lines or YAML as a tree. */
export function TreeView({ path, stat: { size }, sniffed: { type }, version }: ViewerProps): ReactElement {
  const app = useApp();
  const toText = path.startsWith('/history/') ? undefined : (line: number) => app.overlay.setState({ editAt: { path, line } });
  return <TreeViewer path={path} size={size} version={version} format={FORMATS[type ?? ''] ?? 'json'} {...(toText && { onText: toText })} />;
}
