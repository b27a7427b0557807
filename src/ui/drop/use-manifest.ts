import { useEffect, useState } from 'react';
import type { RunPlan } from '../../shared/abi/index.ts';
import { firstTicks, type ManifestChoice } from './sheet-request.ts';
import { usePlan } from './use-plan.ts';

/** A manifest has at most this many bytes; more is not read. */
const MANIFEST_MAX = 256 * 1024;

export interface ManifestState {
  /** Null: there is none that was dropped or pasted. */
  text: string | null;
  setText: (text: string | null) => void;
  plan: RunPlan | null;
  /** What is ticked of it; null where there is no manifest that holds. */
  choice: ManifestChoice | null;
  change: (change: Partial<Pick<ManifestChoice, 'ticked' | 'readOnly'>>) => void;
  /** Why it could not be looked at. */
  failed: string | null;
  /** It can be run: there is no manifest, or one without faults. */
  settled: boolean;
}

type Ticks = Pick<ManifestChoice, 'ticked' | 'readOnly'>;

/** The manifest of a module, bytes or a path, and what of it is ticked. */
export function useManifest(module: Uint8Array | string | null, dropped: File | null): ManifestState {
  const [text, setText] = useState<string | null>(null);
  const [unread, setUnread] = useState<string | null>(dropped ? 'It is being read' : null);
  const [ticks, setTicks] = useState<{ plan: RunPlan; of: Ticks } | null>(null);
  useEffect(() => {
    if (!dropped) return;
    const read = async (): Promise<string> => {
      if (dropped.size > MANIFEST_MAX) throw new Error(`it has more than ${MANIFEST_MAX / 1024} KB`);
      return dropped.text();
    };
    read().then((next) => {
      setText(next);
      setUnread(null);
    }, (error: unknown) => setUnread(error instanceof Error ? error.message : String(error)));
  }, [dropped]);
  const planned = usePlan(module, text);
  const plan = typeof planned === 'string' ? null : planned;
  const manifest = plan && plan.problems.length === 0 ? (plan.manifest ?? null) : null;
  // What was ticked was ticked of that plan; another one begins anew.
  const of = manifest && plan && (ticks?.plan === plan ? ticks.of : { ticked: firstTicks(manifest, plan.trust === 'trusted'), readOnly: new Set<string>() });
  const failed = unread ?? (typeof planned === 'string' && text !== null ? planned : null);
  const holds = text === null ? plan === null || plan.problems.length === 0 : manifest !== null;
  return {
    text, setText: (next) => { setText(next); setUnread(null); }, plan, choice: manifest && of && { manifest, ...of },
    change: (change) => { if (plan && of) setTicks({ plan, of: { ...of, ...change } }); },
    failed, settled: failed === null && holds && ((text === null && typeof module !== 'string') || planned !== null),
  };
}
