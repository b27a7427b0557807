import { type ReactElement } from 'react';
import { X } from 'lucide-react';
import type { AuditRecord } from '../../shared/abi/index.ts';
import { useApp } from '../app/index.ts';
import { DECIDED_WORDS, describeRecord } from '../authority/index.ts';
import { SafeText, formatCount, formatMoment } from '../kit/index.ts';

/** All of one record. */
export function AuditDetails({ record, onClose }: { record: AuditRecord; onClose: () => void }): ReactElement {
  const app = useApp();
  const { seq, time, program, pid, run, module, action, decision, by, count, hash } = record;
  const { does, subject } = describeRecord(action);
  return (
    <aside className="audit-details" aria-label={`Record ${seq}`}>
      <div className="audit-details-head"><h2>Record {formatCount(seq)}</h2><button type="button" className="icon-btn" aria-label="Close the details" onClick={onClose}><X size={14} aria-hidden="true" /></button></div>
      <dl>
        <dt>What</dt><dd>{does} {subject !== '' && <code><SafeText text={subject} more /></code>}</dd>
        <dt>Decision</dt><dd><b className={decision === 'allow' ? 'good' : 'bad'}>{decision === 'allow' ? 'allowed' : 'refused'}</b> {DECIDED_WORDS[by]}</dd>
        <dt>Times</dt><dd>{formatCount(count)}</dd>
        <dt>When</dt><dd>{formatMoment(time)}</dd>
        <dt>Program</dt><dd><SafeText text={program} max={80} /> <button type="button" className="link" onClick={() => app.audit.setFilter({ program })}>only this program</button></dd>
        <dt>Process</dt><dd>{pid}{run > 0 && ` · run ${run}`} <button type="button" className="link" onClick={() => app.audit.setFilter({ pid })}>only this process</button></dd>
        <dt>Module</dt><dd><code>{module === '' ? 'no hash: built in, or it came compiled' : module}</code></dd>
        <dt>As asked</dt><dd><code><SafeText text={JSON.stringify(action)} max={400} more /></code></dd>
        <dt>Hash</dt><dd><code>{hash}</code></dd>
      </dl>
    </aside>
  );
}
