import { useEffect, useState, type ReactElement } from 'react';
import { Play, Upload } from 'lucide-react';
import { useStore } from 'zustand';
import type { DirEntry } from '../../shared/abi/index.ts';
import { pickFiles, runPath } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { formatBytes, visibleName } from '../kit/index.ts';

const SHOWN_MAX = 12;
/** Of the shipped programs, those that show something by themselves; commands want arguments. */
const SHOWN_FIRST: readonly string[] = ['ask', 'colours', 'threads', 'env-args', 'writer', 'upper', 'tree'];

/** The user's own come first. */
function rank({ name, origin }: DirEntry): number {
  if (origin !== 'base') return 0;
  if (name.startsWith('hello-')) return 1;
  return SHOWN_FIRST.includes(name) ? 2 : 3;
}

/** What to do first, with the programs that are there. */
export function Welcome(): ReactElement {
  const app = useApp();
  const programs = usePrograms();
  return (
    <div className="welcome">
      <div className="welcome-drop">
        <h2>Drop a <code>.wasm</code> anywhere, or type <code>help</code></h2>
        <p>Programs built for WASI run here, in a worker of their own, against the namespace on the left. You see what they ask for before they start, and what they touched when they end. Everything stays in this browser.</p>
        <button type="button" className="btn primary" onClick={() => pickFiles(app, '/home')}><Upload size={14} aria-hidden="true" />Choose files…</button>
      </div>
      {programs.length > 0 && (
        <section aria-label="Programs in /bin">
          <h3>Try one from <code>/bin</code></h3>
          <ul className="programs">
            {programs.slice(0, SHOWN_MAX).map((program) => (
              <li key={program.name}>
                <button type="button" className="program" aria-label={`Run ${visibleName(program.name)}`} onClick={() => void runPath(app, `/bin/${program.name}`)}>
                  <Play size={14} aria-hidden="true" />
                  <span className="mono">{visibleName(program.name.replace(/\.wasm$/, ''))}</span>
                  <span className="program-size">{formatBytes(program.size)}</span>
                </button>
              </li>
            ))}
          </ul>
          {programs.length > SHOWN_MAX && <p className="more">and {programs.length - SHOWN_MAX} more in the explorer</p>}
        </section>
      )}
    </div>
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
