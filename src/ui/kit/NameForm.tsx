import { useId, useState, type FormEvent, type ReactElement } from 'react';
import './name-form.css';

interface NameFormProps {
  /** What is named: “Name of the snapshot”. */
  label: string;
  /** The label of the button. */
  action: string;
  initial?: string;
  /** Yields whether it was done; if not, the form stays. */
  onName: (name: string) => Promise<boolean>;
  onClose: () => void;
}

/** As layers, branches and snapshots are named. */
const NAME = /^[A-Za-z0-9._-]{1,64}$/;

/** A field for a name in the place where it is needed. Enter does it, Esc gives up; a name that is none is said at once. */
export function NameForm({ label, action, initial = '', onName, onClose }: NameFormProps): ReactElement {
  const [name, setName] = useState(initial);
  const [busy, setBusy] = useState(false);
  const problem = useId();
  const wrong = name !== '' && !NAME.test(name);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy || !NAME.test(name)) return;
    setBusy(true);
    if (await onName(name)) onClose();
    else setBusy(false);
  };
  return (
    <form className="name-form" onSubmit={(event) => void submit(event)} onKeyDown={(event) => { if (event.key === 'Escape') { event.stopPropagation(); onClose(); } }}>
      <input
        className="input mono" aria-label={label} placeholder={label} value={name} autoFocus spellCheck={false} autoComplete="off" maxLength={64}
        aria-invalid={wrong} aria-describedby={wrong ? problem : undefined} onChange={(event) => setName(event.target.value)}
      />
      <button type="submit" className="btn primary" disabled={busy || !NAME.test(name)}>{action}</button>
      <button type="button" className="btn" onClick={onClose}>Cancel</button>
      {wrong && <span id={problem} className="name-problem" role="alert">Letters, digits, “.”, “_” and “-” only</span>}
    </form>
  );
}
