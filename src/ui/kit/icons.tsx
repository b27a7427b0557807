import type { ReactElement } from 'react';
import { Binary, Cpu, File, FileCode, FileImage, FileText, Folder, FolderOpen, Link } from 'lucide-react';
import type { NodeKind, Origin } from '../../shared/abi/index.ts';

/** Mark, colour class and words for where an entry comes from. */
export const ORIGINS: Record<Origin, { mark: string; text: string }> = {
  base: { mark: '', text: 'as shipped' },
  new: { mark: '+', text: 'new' },
  changed: { mark: '~', text: 'changed' },
  deleted: { mark: '−', text: 'deleted' },
  mount: { mark: '↗', text: 'mounted' },
  device: { mark: '◦', text: 'device' },
  memory: { mark: '◌', text: 'in memory only, gone after a reload' },
};

const IMAGE = /\.(png|jpe?g|gif|webp|avif|svg|ico)$/i;
const CODE = /\.(js|ts|json|c|h|rs|go|py|rb|php|css|html|toml|ya?ml|sh|wat)$/i;
const TEXT = /\.(txt|md|csv|log)$/i;

export function NodeIcon({ kind, name, open = false }: { kind: NodeKind; name: string; open?: boolean }): ReactElement {
  const props = { size: 14, strokeWidth: 1.75, 'aria-hidden': true, className: 'node-icon' } as const;
  if (kind === 'directory') return open ? <FolderOpen {...props} /> : <Folder {...props} />;
  if (kind === 'symlink') return <Link {...props} />;
  if (kind !== 'file') return <Cpu {...props} />;
  if (name.endsWith('.wasm')) return <Binary {...props} />;
  if (IMAGE.test(name)) return <FileImage {...props} />;
  if (CODE.test(name)) return <FileCode {...props} />;
  return TEXT.test(name) ? <FileText {...props} /> : <File {...props} />;
}

export function Logo(): ReactElement {
  return (
    <svg viewBox="0 0 20 20" width="20" height="20" fill="none" strokeLinecap="round" strokeWidth="2.4" aria-hidden="true">
      <path d="M3 6h14" stroke="var(--violet)" opacity=".45" />
      <path d="M3 10h11" stroke="var(--blue)" opacity=".7" />
      <path d="M3 14h8" stroke="var(--teal)" />
    </svg>
  );
}
