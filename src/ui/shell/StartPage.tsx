import { type ReactElement } from 'react';
import { Logo } from '../kit/index.ts';
import './shell.css';

/** Shown instead of the panes where the page cannot work, with what to do about it. */
export function CannotStart({ problems }: { problems: readonly { title: string; remedy: string }[] }): ReactElement {
  return (
    <main className="start-page" role="alert">
      <Logo />
      <h1>Palimpsest cannot start here</h1>
      <ul>{problems.map(({ title, remedy }) => <li key={title}><h2>{title}</h2><p>{remedy}</p></li>)}</ul>
      <button type="button" className="btn primary" onClick={() => location.reload()}>Reload</button>
    </main>
  );
}

export function Starting(): ReactElement {
  return <main className="start-page" role="status"><Logo /><p>Starting…</p></main>;
}
