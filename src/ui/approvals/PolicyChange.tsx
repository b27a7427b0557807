import { useEffect, useState, type ReactElement } from 'react';
import type { Approval } from '../../shared/abi/index.ts';
import { POLICY } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { SafeText } from '../kit/index.ts';

/** A program has changed the policy: the question is whether that is to be in force, and no process waits for it. */
export function isPolicyChange({ pid, action }: Approval): boolean {
  return pid === 0 && action.kind === 'file' && action.path === POLICY;
}

const LINES_MAX = 200;

/** The policy as the program left it. */
export function PolicyText(): ReactElement {
  const app = useApp();
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    app.client.api.readRange(POLICY, 0, 64 * 1024).then((bytes) => new TextDecoder().decode(bytes), (error: unknown) => `It cannot be read: ${error instanceof Error ? error.message : String(error)}`).then((next) => {
      if (!gone) setText(next);
    });
    return () => {
      gone = true;
    };
  }, [app]);
  const lines = (text ?? 'Reading…').split('\n');
  return (
    <div className="approval-rule">
      <p>It reads now, whole:</p>
      <pre className="mono policy-text" tabIndex={0} aria-label={POLICY}>
        {lines.slice(0, LINES_MAX).map((line, at) => <span key={at}><SafeText text={line} max={300} />{'\n'}</span>)}
        {lines.length > LINES_MAX && `… ${lines.length - LINES_MAX} more lines`}
      </pre>
    </div>
  );
}
