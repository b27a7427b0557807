import { useId, type ReactElement } from 'react';
import type { ComponentManifest, Limits, RunPlan } from '../../shared/abi/index.ts';
import { TRUST_WORDS, asksOf, type Ask } from '../authority/index.ts';
import { SafeText, formatBytes, formatDuration, plural } from '../kit/index.ts';
import { canBeReadOnly, type ManifestChoice } from './sheet-request.ts';

interface ManifestPartProps {
  plan: RunPlan;
  choice: ManifestChoice;
  onChange: (change: Partial<Pick<ManifestChoice, 'ticked' | 'readOnly'>>) => void;
}

/** What a manifest asks for, each with a tick: a manifest is a request, what is ticked is granted. */
export function ManifestPart({ plan, choice, onChange }: ManifestPartProps): ReactElement {
  const { manifest, ticked, readOnly } = choice;
  const asks = asksOf(manifest.grants);
  const trust = TRUST_WORDS[plan.trust];
  return (
    <section className="manifest" aria-label="Its manifest asks to">
      <div className="manifest-head">
        <h3>Its manifest asks to</h3>
        {asks.length > 1 && <span className="manifest-all"><button type="button" className="link" onClick={() => onChange({ ticked: new Set(asks.map(({ id }) => id)) })}>Tick all</button> · <button type="button" className="link" onClick={() => onChange({ ticked: new Set() })}>none</button></span>}
      </div>
      <p className="manifest-who">
        <b className="mono"><SafeText text={manifest.component.id} max={80} /></b>{manifest.component.version !== undefined && <> <SafeText text={manifest.component.version} max={30} /></>} · <b className={`trust-${plan.trust}`}>{trust.text}</b>: {trust.about}
        {plan.manifestPath !== undefined && <> · from <code><SafeText text={plan.manifestPath} /></code></>}
      </p>
      {asks.length === 0 && <p>Nothing but to run, with its own input and output.</p>}
      <ul className="asks">
        {asks.map((ask) => (
          <AskRow
            key={ask.id} ask={ask} manifest={manifest} on={ticked.has(ask.id)} readOnly={readOnly.has(ask.id)}
            onTick={(on) => onChange({ ticked: toggled(ticked, ask.id, on) })} onReadOnly={(on) => onChange({ readOnly: toggled(readOnly, ask.id, on) })}
          />
        ))}
      </ul>
      <LimitsLine limits={manifest.limits} />
    </section>
  );
}

function toggled(set: ReadonlySet<string>, id: string, on: boolean): Set<string> {
  const next = new Set(set);
  if (on) next.add(id);
  else next.delete(id);
  return next;
}

interface AskRowProps {
  ask: Ask;
  manifest: ComponentManifest;
  on: boolean;
  readOnly: boolean;
  onTick: (on: boolean) => void;
  onReadOnly: (on: boolean) => void;
}

function AskRow({ ask, manifest, on, readOnly, onTick, onReadOnly }: AskRowProps): ReactElement {
  const id = useId();
  const rights = ask.kind === 'files' ? (manifest.grants.files[Number(ask.id.slice(6))]?.rights ?? []) : [];
  const about = ask.reason !== undefined || ask.notes.length > 0;
  return (
    <li>
      <label className="sheet-tick">
        <input type="checkbox" checked={on} {...(about && { 'aria-describedby': id })} onChange={(event) => onTick(event.target.checked)} />
        <span>{readOnly ? 'read' : ask.does} {ask.subject !== '' && <code><SafeText text={ask.subject} max={120} /></code>}</span>
      </label>
      {canBeReadOnly(rights) && (
        <select className="input ask-rights" aria-label={`Rights to ${ask.subject}`} value={readOnly ? 'read' : 'all'} onChange={(event) => onReadOnly(event.target.value === 'read')}>
          <option value="all">as asked</option><option value="read">read only</option>
        </select>
      )}
      {about && (
        <p id={id} className="ask-about">
          {ask.notes.map((note) => <span key={note} className="ask-note">{note} </span>)}
          {ask.reason !== undefined && <>Its author says: “<SafeText text={ask.reason} max={160} />”</>}
        </p>
      )}
    </li>
  );
}

const LIMITS: Record<keyof Limits, (value: number) => string> = {
  memory: (value) => `${formatBytes(value)} of memory`, wall: (value) => `${formatDuration(value)} from start to end`, cpu: (value) => `${formatDuration(value)} of computing`,
  files: (value) => plural(value, 'open file'), output: (value) => `${formatBytes(value)} of output`, processes: (value) => plural(value, 'process', 'processes'), messages: (value) => `${plural(value, 'message')} a second`,
};

function LimitsLine({ limits }: { limits: Partial<Limits> }): ReactElement | null {
  const texts = (Object.keys(LIMITS) as (keyof Limits)[]).flatMap((name) => {
    const value = limits[name];
    return value === undefined || value === null ? [] : [LIMITS[name](value)];
  });
  return texts.length === 0 ? null : <p className="memory"><b>At most</b> {texts.join(', ')}</p>;
}

interface PasteProps {
  text: string | null;
  /** Null: leaves the manifest out. */
  onText: (text: string | null) => void;
}

/** The manifest's text, to look at, to mend, or to paste where there is none. */
export function ManifestText({ text, onText }: PasteProps): ReactElement {
  return (
    <details className="raw manifest-text">
      <summary>{text === null ? 'Paste a manifest' : 'Text of the manifest'}</summary>
      <textarea className="input mono" aria-label="Manifest" rows={8} spellCheck={false} placeholder={'[component]\nid = "org.example.tool"\n\n[grants]\nclocks = true'} value={text ?? ''} onChange={(event) => onText(event.target.value === '' ? null : event.target.value)} />
      {text !== null && <button type="button" className="btn" onClick={() => onText(null)}>Leave the manifest out</button>}
    </details>
  );
}
