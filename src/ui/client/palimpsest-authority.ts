import type { Approval, ApprovalAnswer, AuditQuery, AuditRecord, AuthorityCalls, ComponentManifest, DryRunReport, KernelApi, LearnedManifest, ManifestProblem, ProcessGrants, RunPlan } from '../../shared/abi/index.ts';
import type { BusClient } from './bus-client.ts';
import { exportedBytes } from './exported-bytes.ts';

/**
 * What programs may do outside of their sandboxes. The policy is the file `/etc/policy.toml`: writing it with `fs.writeFile` puts it in force.
 * Failures are `Error`s with `.code`.
 */
export interface PalimpsestAuthority {
  /** What a module (a path, or bytes) would get if it were run as it is. `manifest`: text in the place of the one beside it. */
  plan(module: string | Uint8Array, manifest?: string): Promise<RunPlan>;
  /** Checks the text of a `Component.toml`: each fault with its line and column. */
  checkManifest(text: string): Promise<{ manifest: ComponentManifest | null; problems: ManifestProblem[] }>;
  /** An empty manifest for a module of the namespace, with what its imports are for in comments. */
  generateManifest(module: string): Promise<string>;
  /** What each running process holds. */
  grants(): Promise<ProcessGrants[]>;
  /** Takes a grant back, or all of them, from a running process: its next call fails, what it has open by it too. `ESRCH`, `ENOENT`. */
  revoke(pid: number, grant?: number): Promise<void>;
  /**
   * Calls `handler` for each question of a program to the user, from now on. As soon as somebody listens questions are put and wait for an answer; before, they are
   * refused. `settled` hears of each that needs no answer any more. Returns what ends the calls.
   */
  onApproval(handler: (approval: Approval) => void, settled?: (id: number, answer: ApprovalAnswer | 'timeout') => void): () => void;
  /** `ENOENT`: it is settled already. `always` adds a rule for this module and just this to the policy. */
  answer(id: number, answer: ApprovalAnswer): Promise<void>;
  readonly audit: {
    /** The latest first, at most `limit` (100); `total`: how many there are that match. */
    query(query?: AuditQuery): Promise<{ records: AuditRecord[]; total: number }>;
    /** Follows the chain of hashes; `broken`: the number of the first record that was tampered with. */
    verify(): Promise<{ records: number; broken: number | null }>;
    /** JSON lines, the oldest first. It errors if not all of it came. */
    export(): Promise<ReadableStream<Uint8Array>>;
  };
  /** Rules in force, and what is wrong with the file. */
  policy(): Promise<{ rules: number; problems: ManifestProblem[] }>;
  /** The least manifest for what a run in learn mode needed. `ENOENT`: it was none, or too long ago. */
  learned(run: number): Promise<LearnedManifest>;
  /** What a dry run would have done. */
  dryRun(pid: number): Promise<DryRunReport>;
}

interface Given {
  id: number;
  answer: ApprovalAnswer | 'timeout';
}

export function createAuthority(api: KernelApi & AuthorityCalls, bus: Pick<BusClient, 'subscribe'>): PalimpsestAuthority {
  return Object.freeze<PalimpsestAuthority>({
    plan: (module, manifest) => api.planRun(module, manifest),
    checkManifest: (text) => api.checkManifest(text),
    generateManifest: (module) => api.generateManifest(module),
    grants: () => api.grantList(),
    revoke: (pid, grant) => api.grantRevoke(pid, grant),
    onApproval: (handler, settled) => {
      const seen = new Set<number>();
      const show = (approval: Approval): void => {
        if (seen.has(approval.id)) return;
        seen.add(approval.id);
        handler(approval);
      };
      const ends = [
        bus.subscribe('approval.required', ({ data }) => show(data as Approval)),
        bus.subscribe('approval.given', ({ data }) => {
          const { id, answer } = data as Given;
          if (seen.delete(id)) settled?.(id, answer);
        }),
      ];
      // What is asked between the two is told once.
      api.approvalList().then((waiting) => waiting.forEach(show), (error: unknown) => reportError(error));
      return () => ends.forEach((end) => end());
    },
    answer: (id, answer) => api.approvalAnswer(id, answer),
    audit: Object.freeze<PalimpsestAuthority['audit']>({
      query: (query) => api.auditQuery(query),
      verify: () => api.auditVerify(),
      export: async () => exportedBytes(await api.auditExport()),
    }),
    policy: () => api.policyState(),
    learned: (run) => api.learned(run),
    dryRun: (pid) => api.dryRunReport(pid),
  });
}
