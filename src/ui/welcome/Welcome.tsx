import { useEffect, useState, type ReactElement } from 'react';
import { ArrowRight, Play, Upload } from 'lucide-react';
import { useStore } from 'zustand';
import type { DirEntry } from '../../shared/abi/index.ts';
import { basename, dirname } from '../../shared/base/index.ts';
import { openPath, pickFiles, runInTerminal } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { NodeIcon, formatBytes, isTouch, visibleName } from '../kit/index.ts';
import { beginTour, endTour } from '../stores/index.ts';
import './welcome.css';

const SHOWN_MAX = 12;

/** Of the shipped programs, those that show something by themselves, and what; the other commands want arguments. */
const SHOWS: Readonly<Record<string, string>> = {
  'hello-rust': 'a greeting, from Rust', 'hello-c': 'a greeting, from C', 'hello-go': 'a greeting, from Go', 'hello-zig': 'a greeting, from Zig', 'hello-as': 'a greeting, from AssemblyScript',
  ask: 'talks with you', colours: 'what terminals show', threads: 'counts in several threads', 'env-args': 'what a program is told', writer: 'writes a file of 1 MiB', upper: 'capitals of what you type', tree: 'draws a directory',
};
/** What those of them get that do nothing without. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = { writer: ['/home/written.bin', '1'] };
const ORDER = Object.keys(SHOWS);

/** The user's own come first. */
function rank({ name, origin }: DirEntry): number {
  if (origin !== 'base') return -1;
  const at = ORDER.indexOf(nameOf(name));
  return at < 0 ? ORDER.length : at;
}

const nameOf = (file: string): string => file.replace(/\.wasm$/, '');

/** What to do first: drop, take the tour, run a sample, go on with a file. */
export function Welcome(): ReactElement {
  const app = useApp();
  return (
    <div className="welcome">
      <div className="welcome-drop">
        <h2>{isTouch() ? 'Open' : 'Drop'} a <code>.wasm</code>{isTouch() ? '' : ' anywhere'}, or type <code>help</code></h2>
        <p>Programs built for WASI run here, in a worker of their own, against a namespace of files. You see what they ask for before they start, and what they touched when they end. Everything stays in this browser.</p>
        <button type="button" className="btn primary" onClick={() => pickFiles(app, '/home')}><Upload size={14} strokeWidth={1.75} aria-hidden="true" />Open a .wasm or files…</button>
      </div>
      <TourOffer />
      <Programs />
      <RecentFiles />
      <Keys />
    </div>
  );
}

function TourOffer(): ReactElement {
  const app = useApp();
  const { seen, step } = useStore(app.tour);
  if (step !== null) return <p className="welcome-again">The tour is under way: drop, run, see, undo.</p>;
  if (seen) return <p className="welcome-again"><button type="button" className="link" onClick={() => beginTour(app.tour)}>Take the tour</button> again: drop, run, see, undo.</p>;
  return (
    <section className="welcome-tour" aria-label="Tour">
      <p><b>New here?</b> Four steps, one minute: drop, run, see, undo.</p>
      <button type="button" className="btn" onClick={() => beginTour(app.tour)}>Take the tour<ArrowRight size={14} strokeWidth={1.75} aria-hidden="true" /></button>
      <button type="button" className="link" onClick={() => endTour(app.tour)}>Not now</button>
    </section>
  );
}

function Programs(): ReactElement | null {
  const app = useApp();
  const programs = usePrograms();
  if (programs.length === 0) return null;
  return (
    <section aria-label="Programs in /bin">
      <h3>Try one from <code>/bin</code></h3>
      <ul className="programs">
        {programs.slice(0, SHOWN_MAX).map(({ name: file, size, origin }) => {
          const name = visibleName(nameOf(file));
          const shows = (origin === 'base' && SHOWS[nameOf(file)]) || formatBytes(size);
          return (
            <li key={file}>
              <button type="button" className="program" aria-label={`Run ${visibleName(file)}: ${shows}`} onClick={() => void runInTerminal(app, { module: `/bin/${file}`, name: file, args: [...((origin === 'base' && ARGUMENTS[file]) || [])], env: {}, cwd: '/home' })}>
                <Play size={14} strokeWidth={1.75} aria-hidden="true" />
                <span className="program-name mono">{name}</span>
                <span className="program-shows">{shows}</span>
              </button>
            </li>
          );
        })}
      </ul>
      {programs.length > SHOWN_MAX && <p className="more">and {programs.length - SHOWN_MAX} more in the explorer</p>}
    </section>
  );
}

function RecentFiles(): ReactElement | null {
  const app = useApp();
  const files = useStore(app.recent, (state) => state.files);
  if (files.length === 0) return null;
  return (
    <section aria-label="Recent files">
      <h3>Go on with</h3>
      <ul className="recent-files">
        {files.slice(0, 6).map((path) => (
          <li key={path}>
            <button type="button" className="recent-file" onClick={() => openPath(app, path)}>
              <NodeIcon kind="file" name={path} /><span className="mono">{visibleName(basename(path))}</span><span className="program-shows mono">{visibleName(dirname(path))}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Keys(): ReactElement {
  const app = useApp();
  return (
    <p className="welcome-keys">
      <span><kbd>Ctrl+K</kbd> every command and file</span>
      <span><kbd>?</kbd> <button type="button" className="link" onClick={() => app.overlay.setState({ shortcuts: true })}>all keys</button></span>
      <span><kbd>Alt+1</kbd> explorer</span><span><kbd>Alt+2</kbd> views</span><span><kbd>Alt+3</kbd> terminal</span>
    </p>
  );
}

function usePrograms(): DirEntry[] {
  const app = useApp();
  const ready = useStore(app.workspace, (state) => state.info !== null);
  const [programs, setPrograms] = useState<DirEntry[]>([]);
  useEffect(() => {
    if (!ready) return undefined;
    let gone = false;
    const read = (): void => {
      app.page.fs.readdir('/bin').then((entries) => {
        if (!gone) setPrograms(entries.filter((entry) => entry.kind === 'file').toSorted((one, other) => rank(one) - rank(other)));
      }, () => undefined);
    };
    read();
    const end = app.page.bus.subscribe('fs.changed.bin', read);
    return () => {
      gone = true;
      end();
    };
  }, [app, ready]);
  return programs;
}
