import type { ApprovalAnswer, AuditQuery, AuthorityCalls, DryRunReport, LearnedManifest, RunPlan } from '../../shared/abi/index.ts';
import { FsError, basename, dirname, joinPath } from '../../shared/base/index.ts';
import { manifestForImports, readManifest, type Approvals, type Audit, type Authority, type Learning, type PolicyFile } from '../authority/index.ts';
import type { NamespaceFiles } from '../namespace/index.ts';
import { sendParts } from './send-parts.ts';

export interface AuthorityParts {
  authority: Authority;
  approvals: Approvals;
  audit: Audit;
  policy: PolicyFile;
  learning: Learning;
  files: NamespaceFiles;
  plan(module: string | Uint8Array, manifest?: string): Promise<RunPlan>;
  /** The run of a process, and the session in which it ran. @throws FsError ESRCH */
  runOf(pid: number): { run: number; overlay: string };
}

const ANSWERS: readonly ApprovalAnswer[] = ['once', 'running', 'always', 'no'];
const TEXT_MAX = 1024 * 1024;
const EXPORT_PART = 256 * 1024;

function invalid(operation: string, detail: string): FsError {
  return new FsError('EINVAL', operation, undefined, { detail });
}

function text(value: unknown, operation: string, what: string, max = TEXT_MAX): string {
  if (typeof value !== 'string' || value.length > max) throw invalid(operation, `${what} is no text of at most ${max} characters`);
  return value;
}

function whole(value: unknown, operation: string, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw invalid(operation, `${what} is no whole number`);
  return value;
}

function moduleOf(value: unknown): string | Uint8Array {
  return value instanceof Uint8Array ? value : text(value, 'plan', 'the module', 4096);
}

/** The window's calls about authority. Arguments come from another realm: each is checked. */
export function authorityCalls(parts: AuthorityParts): AuthorityCalls {
  const { authority, approvals, audit, policy, files } = parts;
  let attends = false;
  return {
    planRun: async (module, manifest) => parts.plan(moduleOf(module), manifest === undefined || manifest === null ? undefined : text(manifest, 'plan', 'the manifest')),
    checkManifest: async (manifest) => readManifest(text(manifest, 'manifest', 'the manifest')),
    generateManifest: async (module) => generate(files, text(module, 'manifest', 'the module', 4096)),
    grantList: async () => authority.list(),
    grantRevoke: async (pid, grant) => authority.revoke(whole(pid, 'revoke', 'the process'), grant === undefined || grant === null ? undefined : whole(grant, 'revoke', 'the grant')),
    approvalList: async () => {
      // The link has one window at its other end, for as long as the kernel lives.
      if (!attends) approvals.attend();
      attends = true;
      return approvals.list();
    },
    approvalAnswer: async (id, answer) => {
      if (!ANSWERS.includes(answer)) throw invalid('approval', `an answer is one of ${ANSWERS.join(', ')}`);
      approvals.answer(whole(id, 'approval', 'the question'), answer);
    },
    auditQuery: async (query) => {
      await audit.flush();
      return audit.log.query(checkedQuery(query));
    },
    auditVerify: async () => {
      await audit.flush();
      return audit.log.verify();
    },
    auditExport: async () => {
      await audit.flush();
      return sendParts(exported(audit));
    },
    policyState: async () => {
      await policy.ready();
      await policy.settled();
      return policy.state;
    },
    learned: async (run) => learned(parts, whole(run, 'learned', 'the run')),
    dryRunReport: async (pid) => dryRun(parts, whole(pid, 'dry-run', 'the process')),
  };
}

async function generate(files: NamespaceFiles, path: string): Promise<string> {
  const bytes = await files.readFile(path);
  try {
    return manifestForImports(path, WebAssembly.Module.imports(await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>)));
  } catch (error) {
    throw new FsError('ENOEXEC', 'manifest', path, { cause: error });
  }
}

function checkedQuery(query: AuditQuery | undefined): AuditQuery {
  if (query === undefined || query === null) return {};
  if (typeof query !== 'object') throw invalid('audit', 'the query is no object');
  const { program, subject, path, kind, decision, pid, before, limit } = query;
  const texts = Object.entries({ program, subject, path, kind }).filter(([, value]) => value !== undefined).map(([name, value]) => [name, text(value, 'audit', name, 1024)]);
  const numbers = Object.entries({ pid, before, limit }).filter(([, value]) => value !== undefined).map(([name, value]) => [name, whole(value, 'audit', name)]);
  if (decision !== undefined && decision !== 'allow' && decision !== 'deny') throw invalid('audit', 'a decision is allow or deny');
  return { ...(Object.fromEntries([...texts, ...numbers]) as AuditQuery), ...(decision && { decision }) };
}

/** What is there when it begins. */
async function* exported({ log }: Audit): AsyncGenerator<Uint8Array> {
  const size = await log.size();
  for (let at = 0; at < size; ) {
    const part = await log.read(at, Math.min(EXPORT_PART, size - at));
    if (part.length === 0) return;
    at += part.length;
    yield part;
  }
}

async function learned({ learning, files }: AuthorityParts, run: number): Promise<LearnedManifest> {
  const after = learning.text(run);
  const subject = learning.subject(run);
  if (after === null || !subject) throw new FsError('ENOENT', 'learned', undefined, { detail: `nothing was learned from run ${run}: it was not in learn mode, or was too long ago` });
  const module = subject.identity.path ?? joinPath('/home', basename(subject.name));
  const path = joinPath(dirname(module), `${basename(module).replace(/\.wasm$/, '')}.component.toml`);
  const before = await files.readFile(path).then((bytes) => new TextDecoder().decode(bytes), (error: unknown) => {
    if (error instanceof FsError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  });
  return { run, path, before, after };
}

async function dryRun({ audit, runOf }: AuthorityParts, pid: number): Promise<DryRunReport> {
  const { run, overlay } = runOf(pid);
  await audit.flush();
  const { records } = await audit.log.query({ pid, decision: 'deny', limit: 1000 });
  return { run, overlay, refused: records.filter((record) => record.run === run).reverse() };
}
