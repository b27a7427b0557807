import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent, type ReactElement } from 'react';
import { X } from 'lucide-react';
import { useApp } from '../app/index.ts';
import { aboutSubject, publicationOf, type FormCodec } from './publication.ts';

const CODECS: readonly { codec: FormCodec; label: string }[] = [
  { codec: 'auto', label: 'JSON, else text' }, { codec: 'json', label: 'JSON' }, { codec: 'cbor', label: 'CBOR' }, { codec: 'msgpack', label: 'MessagePack' }, { codec: 'raw', label: 'Text, raw' },
];

interface PublishFormProps {
  subject: string;
  onSubject: (subject: string) => void;
  onClose: () => void;
}

/** Sends one message, again and again. Ctrl+Enter sends, Escape closes. */
export function PublishForm({ subject, onSubject, onClose }: PublishFormProps): ReactElement {
  const app = useApp();
  const [text, setText] = useState('');
  const [codec, setCodec] = useState<FormCodec>('auto');
  const [retain, setRetain] = useState(false);
  const [outcome, setOutcome] = useState<{ error: string } | { sent: string } | null>(null);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const about = aboutSubject(subject);
  const send = async (): Promise<void> => {
    const made = publicationOf(text, codec, subject);
    if (typeof made === 'string') return setOutcome({ error: made });
    try {
      await app.page.bus.publish(subject, made.data, { codec: made.codec, retain });
      setOutcome({ sent: subject });
    } catch (error) {
      setOutcome({ error: error instanceof Error ? error.message : String(error) });
    }
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    void send();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <form className="bus-publish" aria-label="Publish a message" onSubmit={onSubmit} onKeyDown={onKeyDown}>
      <div className="bus-fields">
        <input ref={first} className="input mono" aria-label="Subject" placeholder="Subject, e.g. user.input" spellCheck={false} autoComplete="off" required value={subject} onChange={(event) => onSubject(event.target.value)} aria-describedby="bus-about" />
        <select className="input" aria-label="Encoded as" value={codec} onChange={(event) => setCodec(CODECS.find((each) => each.codec === event.target.value)?.codec ?? 'auto')}>
          {CODECS.map((each) => <option key={each.codec} value={each.codec}>{each.label}</option>)}
        </select>
        <label className="bus-check"><input type="checkbox" checked={retain} onChange={(event) => setRetain(event.target.checked)} /> Keep as the last value</label>
        <button type="button" className="icon-btn" aria-label="Close the form" onClick={onClose}><X size={14} aria-hidden="true" /></button>
      </div>
      <p id="bus-about" className="bus-about">{about ?? 'No type is registered for this subject: any data will do.'}</p>
      <textarea className="input mono" aria-label="Data" placeholder={'{"text": "hi"}'} rows={3} spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} />
      <div className="bus-fields">
        <button type="submit" className="btn primary">Publish</button>
        {outcome && 'sent' in outcome && <span role="status">Published on {outcome.sent}</span>}
        {outcome && 'error' in outcome && <span role="alert" className="bad">{outcome.error}</span>}
      </div>
    </form>
  );
}
