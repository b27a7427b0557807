import { type ReactElement } from 'react';
import { X } from 'lucide-react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';

const KINDS = ['file', 'http', 'listen', 'connect', 'publish', 'subscribe', 'kv', 'spawn', 'clocks', 'entropy', 'revoke', 'policy', 'token', 'flood'] as const;
const FIELDS = [{ field: 'program', label: 'Program' }, { field: 'subject', label: 'Subject' }, { field: 'path', label: 'Path' }] as const;

/** What is looked for: all that is filled in must be so. */
export function AuditSearch(): ReactElement {
  const app = useApp();
  const filter = useStore(app.audit.store, (state) => state.filter);
  const any = Object.keys(filter).length > 0;
  return (
    <search className="audit-search" aria-label="Search the audit">
      {FIELDS.map(({ field, label }) => (
        <input key={field} className="input" type="text" aria-label={label} placeholder={label} spellCheck={false} autoComplete="off" value={filter[field] ?? ''} onChange={(event) => app.audit.setFilter({ [field]: event.target.value })} />
      ))}
      <select className="input" aria-label="Kind" value={filter.kind ?? ''} onChange={(event) => app.audit.setFilter({ kind: event.target.value })}>
        <option value="">any kind</option>{KINDS.map((kind) => <option key={kind} value={kind}>{kind}</option>)}
      </select>
      <select className="input" aria-label="Decision" value={filter.decision ?? ''} onChange={(event) => app.audit.setFilter({ decision: event.target.value === 'allow' || event.target.value === 'deny' ? event.target.value : undefined })}>
        <option value="">any decision</option><option value="allow">allowed</option><option value="deny">refused</option>
      </select>
      {any && <button type="button" className="icon-btn" aria-label="Clear the search" onClick={() => app.audit.setFilter({ program: undefined, subject: undefined, path: undefined, kind: undefined, decision: undefined, pid: undefined })}><X size={14} aria-hidden="true" /></button>}
    </search>
  );
}
