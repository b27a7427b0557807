import { type ReactElement } from 'react';
import type { ManifestProblem } from '../../shared/abi/index.ts';
import { SafeText, plural } from '../kit/index.ts';
import './authority.css';

const PROBLEMS_MAX = 20;

/** What is wrong with a manifest or a policy, and where. `onGo`: opens the place. */
export function Problems({ problems, what, onGo }: { problems: readonly ManifestProblem[]; what: string; onGo?: (line: number) => void }): ReactElement | null {
  if (problems.length === 0) return null;
  return (
    <div className="note problems" role="alert">
      <p><b>{plural(problems.length, 'problem')} in {what}</b></p>
      <ol>
        {/* The same fault may be told twice. */}
        {problems.slice(0, PROBLEMS_MAX).map(({ line, column, key, message }, at) => (
          <li key={at}>
            {onGo ? <button type="button" className="link" onClick={() => onGo(line)}>Line {line}, column {column}</button> : <b>Line {line}, column {column}</b>}{': '}
            {key !== '' && <><code><SafeText text={key} max={80} /></code> </>}<SafeText text={message} max={200} />
          </li>
        ))}
      </ol>
      {problems.length > PROBLEMS_MAX && <p>and {problems.length - PROBLEMS_MAX} more</p>}
    </div>
  );
}
