import { useEffect, useRef, type ReactElement, type RefObject } from 'react';
import { X } from 'lucide-react';
import { useStore } from 'zustand';
import { pickFiles, runInTerminal, showDiff, undoRun, patchRunCard } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { TOUR_STEPS, diffTab, endTour, followTour, turnTour, type App, type RunCard, type TourStep } from '../stores/index.ts';
import './welcome.css';

interface StepText {
  title: string;
  text: string;
  /** What the step is about, done at a press; not `possible` where something must come before. */
  act?: { label: string; possible?: boolean; run: () => void };
}

const SAMPLE = { module: '/bin/filetool', name: 'filetool', args: ['write', '/home/tour.txt', 'written', 'on', 'the', 'tour'], env: {}, cwd: '/home' };

/** The four steps, beside what they are about; the window can be used meanwhile, and a step goes on when what it says was done. */
export function TourCard(): ReactElement | null {
  const app = useApp();
  const step = useStore(app.tour, (state) => state.step);
  const card = useRef<HTMLElement>(null);
  useFollow(app);
  useFocusAtStart(card, step !== null);
  if (step === null) return null;
  const at = step === 'end' ? TOUR_STEPS.length : TOUR_STEPS.indexOf(step);
  const { title, text, act } = textOf(app, step);
  const end = (): void => {
    const within = card.current?.contains(document.activeElement) === true;
    endTour(app.tour);
    if (within) app.dock.getState().control?.focusTab();
  };
  return (
    <section
      ref={card} className="tour-card" aria-label="Tour" tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        end();
      }}
    >
      <div className="tour-head">
        <ol aria-hidden="true">{TOUR_STEPS.map((each, index) => <li key={each} className={index < at ? 'done' : index === at ? 'on' : ''} />)}</ol>
        <button type="button" className="icon-btn" aria-label="Leave the tour" title="Leave the tour (Esc)" onClick={end}><X size={14} strokeWidth={1.75} aria-hidden="true" /></button>
      </div>
      <div role="status">
        <h3>{step !== 'end' && <span className="tour-count">{at + 1} of {TOUR_STEPS.length} · </span>}{title}</h3>
        <p>{text}</p>
      </div>
      <div className="tour-bar">
        {act && <button type="button" className="btn primary tour-act" disabled={act.possible === false} onClick={act.run}>{act.label}</button>}
        <span className="gap" />
        {at > 0 && step !== 'end' && <button type="button" className="btn" onClick={() => turnTour(app.tour, -1)}>Back</button>}
        {step === 'end' ? <button type="button" className="btn tour-act" onClick={end}>Done</button> : <button type="button" className="btn" onClick={() => turnTour(app.tour, 1)}>Next</button>}
      </div>
    </section>
  );
}

function textOf(app: App, step: TourStep): StepText {
  const { runCard } = app.overlay.getState();
  const card = runCard?.run === undefined ? null : { ...runCard, run: runCard.run };
  const texts: Record<TourStep, StepText> = {
    drop: {
      title: 'Drop a .wasm anywhere', act: { label: 'Choose a file…', run: () => pickFiles(app, '/home') },
      text: 'A sheet opens before anything runs: what the program is, what it asks for, what it may reach. No .wasm at hand? Go on, with a sample.',
    },
    run: {
      title: 'Run it', act: { label: 'Run the sample', run: () => void runInTerminal(app, SAMPLE) },
      text: 'It gets a worker of its own and the terminal below. The sample writes one file, /home/tour.txt: watch its row in the explorer light up.',
    },
    see: {
      title: 'See what it did', act: { label: 'View changes', possible: card !== null, run: () => card && showDiff(app, { kind: 'run', run: card.run, name: card.name, ...(card.children && { children: true }) }) },
      text: 'The strip above the terminal says how it ended and what it wrote. Each run can be looked at, line by line; the Timeline keeps all of them.',
    },
    undo: {
      title: 'Undo it', act: { label: 'Undo the run', possible: card !== null && card.undoneBy === undefined, run: () => card && void undoRun(app, card.run, card.name, card.children).then((result) => result && patchRunCard(app, card.pid, { undoneBy: result.run })) },
      text: 'Every change is kept in the journal, so a whole run can be taken back, and brought back again. What was changed since stays.',
    },
    end: { title: 'That is all', text: 'Everything else is in the palette (Ctrl+K), with its key. The tour is there too.' },
  };
  return texts[step];
}

/** The tour goes on with what the user does, in whatever way. */
function useFollow(app: App): void {
  const step = useStore(app.tour, (state) => state.step);
  const card = useStore(app.overlay, (state) => state.runCard);
  const active = useStore(app.tabs, (state) => state.active);
  const begun = useRef<RunCard | null>(null);
  const known = useRef('');
  useEffect(() => {
    if (step === null || step === 'drop') begun.current ??= app.overlay.getState().runCard;
    if (step === null) begun.current = null;
  }, [app, step]);
  useEffect(() => {
    // A run of before the tour is none of it.
    const own = card !== null && card.run !== undefined && card.pid !== begun.current?.pid ? card : null;
    const looked = own !== null && active === diffTab({ kind: 'run', run: own.run!, name: own.name, ...(own.children && { children: true }) });
    const facts = { changed: own !== null, looked, undone: own?.undoneBy !== undefined };
    // Whoever goes back a step is not sent forward again at once.
    const before = known.current;
    known.current = JSON.stringify(facts);
    if (known.current === before) return;
    const next = followTour(step, facts);
    if (next !== step) app.tour.setState({ step: next });
  }, [app, step, card, active]);
}

/** When it begins the keyboard is with it; later only if it was, as the user may be doing what it says. */
function useFocusAtStart(card: RefObject<HTMLElement | null>, shown: boolean): void {
  useEffect(() => {
    if (shown) card.current?.querySelector<HTMLElement>('.tour-act')?.focus();
  }, [card, shown]);
}
