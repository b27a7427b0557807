import { type ReactElement } from 'react';
import { GRANTS, MODES, RIGHTS, type FileGrant, type FileRights, type RunMode, type SheetFields, type WithheldGrant } from './sheet-request.ts';

interface SheetFormProps {
  /** Grants that the module asks for and that can be withheld; null: a manifest says what it asks for. */
  asks: readonly WithheldGrant[] | null;
  fields: SheetFields;
  problem: { field: string; error: string } | null;
  onChange: (change: Partial<SheetFields>) => void;
}

/** Arguments, environment, directory, and what it may reach. */
export function SheetForm({ asks, fields, problem, onChange }: SheetFormProps): ReactElement {
  const fault = (field: string) => (problem?.field === field ? { 'aria-invalid': true, 'aria-describedby': 'sheet-problem' } : {});
  return (
    <section className="sheet-form" aria-label="Run with">
      <h3>Run with</h3>
      <label htmlFor="sheet-args">Arguments</label>
      <input id="sheet-args" className="input mono" autoFocus spellCheck={false} autoComplete="off" placeholder={'orders.csv --by "two words"'} value={fields.args} onChange={(event) => onChange({ args: event.target.value })} {...fault('args')} />
      <label htmlFor="sheet-env">Environment</label>
      <textarea id="sheet-env" className="input mono" rows={Math.min(6, Math.max(1, fields.env.split('\n').length))} spellCheck={false} placeholder="KEY=VALUE, one a line" value={fields.env} onChange={(event) => onChange({ env: event.target.value })} {...fault('env')} />
      <label htmlFor="sheet-cwd">Directory</label>
      <input id="sheet-cwd" className="input mono" spellCheck={false} autoComplete="off" value={fields.cwd} onChange={(event) => onChange({ cwd: event.target.value })} {...fault('cwd')} />
      {asks !== null && <Reach asks={asks} fields={fields} onChange={onChange} />}
      <Modes fields={fields} onChange={onChange} />
      {problem && problem.field !== 'module' && <p id="sheet-problem" className="note" role="alert">{problem.error}</p>}
    </section>
  );
}

function Reach({ asks, fields, onChange }: { asks: readonly WithheldGrant[] } & Pick<SheetFormProps, 'fields' | 'onChange'>): ReactElement {
  return (
    <>
      <label htmlFor="sheet-files">May reach</label>
      <div className="sheet-pair">
        <select id="sheet-files" className="input" value={fields.files} onChange={(event) => onChange({ files: event.target.value as FileGrant })}>
          {Object.entries(GRANTS).map(([grant, text]) => <option key={grant} value={grant}>{text}</option>)}
        </select>
        <select className="input" aria-label="With the rights to" disabled={fields.files === 'none'} value={fields.rights} onChange={(event) => onChange({ rights: event.target.value as FileRights })}>
          {Object.entries(RIGHTS).map(([rights, text]) => <option key={rights} value={rights}>{text}</option>)}
        </select>
      </div>
      {asks.map(({ field, label }) => (
        <label key={field} className="sheet-tick">
          <input type="checkbox" checked={fields[field]} onChange={(event) => onChange({ [field]: event.target.checked })} /> {label}
        </label>
      ))}
    </>
  );
}

/** Whether it is run, learned from, or only tried; and where its changes go. */
function Modes({ fields, onChange }: Pick<SheetFormProps, 'fields' | 'onChange'>): ReactElement {
  const { mode, session } = fields;
  return (
    <>
      <label htmlFor="sheet-mode">How</label>
      <select id="sheet-mode" className="input" aria-describedby="sheet-mode-about" value={mode} onChange={(event) => onChange({ mode: event.target.value as RunMode })}>
        {Object.entries(MODES).map(([each, { text }]) => <option key={each} value={each}>{text}</option>)}
      </select>
      <p id="sheet-mode-about" className="sheet-hint">{MODES[mode].about}</p>
      {mode !== 'dry' && (
        <>
          <label className="sheet-tick sheet-session">
            <input type="checkbox" checked={session} aria-describedby="sheet-session" onChange={(event) => onChange({ session: event.target.checked })} /> Try it first: changes go to a session layer
          </label>
          <p id="sheet-session" className="sheet-hint">{session ? 'The workspace stays as it is until you merge, keep or throw away what it changed.' : 'What it changes is in the workspace at once, and can be undone.'}</p>
        </>
      )}
    </>
  );
}
