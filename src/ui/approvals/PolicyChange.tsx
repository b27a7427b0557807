import { useEffect, useState, type ReactElement } from 'react';
import type { Approval } from '../../shared/abi/index.ts';
import { POLICY } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { SafeText } from '../kit/index.ts';
import { BYTES_MAX, LINE_MAX, shownText, type ShownText } from './policy-text.ts';

/** A program has changed the policy: the question is whether that is to be in force, and no process waits for it. */
export function isPolicyChange({ pid, action }: Approval): boolean {
  return pid === 0 && action.kind === 'file' && action.path === POLICY;
}

/** Lines of comment, and empty ones, before the first that says something: they decide nothing, and would hide what does. */
export function leadingComment(lines: readonly string[]): number {
  const first = lines.findIndex((line) => !/^[ \t]*(#.*)?\r?$/.test(line));
  return first < 0 ? 0 : first;
}

/** The policy as the program left it. */
export function PolicyText(): ReactElement {
  const app = useApp();
  const [{ lines, hidden }, setText] = useState<ShownText>({ lines: ['Reading…'], hidden: null });
  useEffect(() => {
    let gone = false;
    app.client.api.readRange(POLICY, 0, BYTES_MAX + 1).then(shownText, (error: unknown) => ({ lines: [], hidden: `it cannot be read: ${error instanceof Error ? error.message : String(error)}` })).then((next) => {
      if (!gone) setText(next);
    });
    return () => {
      gone = true;
    };
  }, [app]);
  const comment = leadingComment(lines);
  return (
    <div className="approval-rule">
      {hidden === null
        ? <p>It reads now, whole{comment > 0 && ` but for ${comment} lines of comment at its start`}:</p>
        : <p className="note" role="alert">Not all of it is shown here: {hidden}. Look at the file before you put it in force.</p>}
      <pre className="mono policy-text" tabIndex={0} aria-label={POLICY}>
        {lines.slice(comment).map((line, at) => <span key={at}><SafeText text={line} max={LINE_MAX} />{'\n'}</span>)}
      </pre>
    </div>
  );
}
