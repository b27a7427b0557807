import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { ListTree, Pause, Play, Send, Trash2, X } from 'lucide-react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import { formatCount, plural } from '../kit/index.ts';
import { BusDetails } from './BusDetails.tsx';
import { busLogOf, type BusLog, type BusRow } from './bus-log.ts';
import { BusList } from './BusList.tsx';
import { SubjectList } from './SubjectList.tsx';
import { PublishForm } from './PublishForm.tsx';
import './bus.css';

/** Messages as they go by, found by pattern and text; and a form to send one. Nothing is heard while the pane is not shown. */
export function BusPane(): ReactElement {
  const app = useApp();
  const log = useMemo(() => busLogOf(app), [app]);
  const error = useStore(log.store, (state) => state.error);
  const [selected, setSelected] = useState<BusRow | null>(null);
  const [sending, setSending] = useState(false);
  const [subjects, setSubjects] = useState(() => !matchMedia('(max-width: 759px), (max-height: 479px)').matches);
  const [subject, setSubject] = useState('');
  useEffect(() => log.watch(), [log]);
  const answer = (row: BusRow): void => {
    setSubject(row.subject);
    setSending(true);
  };
  return (
    <section className="bus" aria-label="Bus">
      <Bar log={log} sending={sending} onSending={setSending} subjects={subjects} onSubjects={setSubjects} />
      {error !== null && <p className="bus-note" role="alert">{error}</p>}
      {sending && <PublishForm subject={subject} onSubject={setSubject} onClose={() => setSending(false)} />}
      <div className="bus-body">
        {subjects && <SubjectList log={log} />}
        <BusList log={log} selected={selected} onSelect={setSelected} />
        {selected && <BusDetails row={selected} onClose={() => setSelected(null)} onFilter={(pattern) => log.setPattern(pattern)} onAnswer={answer} />}
      </div>
    </section>
  );
}

function Bar({ log, sending, onSending, subjects, onSubjects }: { log: BusLog; sending: boolean; onSending: (sending: boolean) => void; subjects: boolean; onSubjects: (shown: boolean) => void }): ReactElement {
  const { pattern, text, paused } = useStore(log.store);
  return (
    <>
      <search className="bus-search" aria-label="Search messages">
        <span aria-hidden="true">Subject</span>
        <input className="input mono bus-pattern" type="text" aria-label="Pattern of subjects" placeholder="Pattern, e.g. user.>" spellCheck={false} autoComplete="off" value={pattern} onChange={(event) => log.setPattern(event.target.value)} />
        <span aria-hidden="true">Text</span>
        <input className="input" type="text" aria-label="Text in messages" placeholder="In messages" spellCheck={false} autoComplete="off" value={text} onChange={(event) => log.setText(event.target.value)} />
        {(pattern !== '>' || text !== '') && <button type="button" className="icon-btn" aria-label="Clear the search" onClick={() => { log.setPattern('>'); log.setText(''); }}><X size={14} aria-hidden="true" /></button>}
      </search>
      <div className="bus-bar">
        <button type="button" className="btn" aria-expanded={subjects} onClick={() => onSubjects(!subjects)}><ListTree size={14} aria-hidden="true" />Subjects</button>
        <Counts log={log} />
        <span className="gap" />
        <button type="button" className="btn" aria-pressed={paused} onClick={() => log.setPaused(!paused)}>
          {paused ? <Play size={14} aria-hidden="true" /> : <Pause size={14} aria-hidden="true" />}{paused ? 'Go on' : 'Pause'}
        </button>
        <button type="button" className="btn" onClick={() => log.clear()}><Trash2 size={14} aria-hidden="true" />Clear</button>
        <button type="button" className="btn" aria-expanded={sending} onClick={() => onSending(!sending)}><Send size={14} aria-hidden="true" />Publish…</button>
      </div>
    </>
  );
}

function Counts({ log }: { log: BusLog }): ReactElement {
  const { rows, held, waiting, dropped, paused, text } = useStore(log.store);
  return (
    <>
      <span>{text === '' ? plural(rows.length, 'message') : `${formatCount(rows.length)} of ${plural(held, 'message')}`}</span>
      {paused && <span role="status">paused{waiting > 0 && `, ${formatCount(waiting)} newer`}</span>}
      {dropped > 0 && <span className="bus-dropped" title="They came faster than this pane could take them">{plural(dropped, 'message')} lost</span>}
    </>
  );
}
