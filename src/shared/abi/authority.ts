import type { Limits } from './limits.ts';

/** `read`: contents, names and records; `write`: contents and times of what is there; `create`: new names; `delete`: names go. A rename is both of the latter. */
export const FILE_RIGHTS = ['read', 'write', 'create', 'delete'] as const;
export type FileRight = (typeof FILE_RIGHTS)[number];

/** The same as bits, as they stand in the host ABI and in descriptions. */
export const RightBit = { read: 1, write: 2, create: 4, delete: 8 } as const satisfies Record<FileRight, number>;

/** `path` is an absolute glob: `*` and `?` within a part, `**` for any number of parts; `/a/**` has `/a` too. */
export interface FileGrant {
  path: string;
  rights: FileRight[];
  reason?: string;
}

export interface HttpGrant {
  /** `example.org`, `*.example.org` (not the domain itself), with `:port` for another than the scheme's; in ASCII (punycode), lower case. */
  host: string;
  methods: string[];
  /** Default: https only. */
  insecure?: boolean;
  reason?: string;
}

/** What a program may do beyond computing, as its manifest says it and as a process holds it. Subjects are patterns. What is absent is not granted. */
export interface ComponentGrants {
  files: FileGrant[];
  http: HttpGrant[];
  /** Ports of the tab's loopback. */
  listen: number[];
  connect: number[];
  publish: string[];
  subscribe: string[];
  /** Namespaces beside its own. */
  kv: string[];
  /** Globs of paths of programs. */
  spawn: string[];
  clocks: boolean;
  entropy: boolean;
}

/**
 * `trusted`: what it declares is granted without a question. `unknown`: it is asked for when it is first used. `dev`: as `unknown`, and it
 * may be run in observe mode. A manifest can only claim less than where the module comes from gives it.
 */
export type Trust = 'trusted' | 'unknown' | 'dev';

/** `Component.toml`, validated. */
export interface ComponentManifest {
  component: { id: string; name?: string; version?: string; /** File name of the module, where the manifest stands for one of several. */ module?: string; trust: Trust };
  grants: ComponentGrants;
  limits: Partial<Limits>;
}

/** Lines and columns from 1; columns in UTF-16 units. */
export interface ManifestProblem {
  line: number;
  column: number;
  /** Dotted, such as `grants.http[0].host`; empty for a fault of the syntax. */
  key: string;
  message: string;
}

/** What a process is about to do outside of its sandbox. */
export type Action =
  | { kind: 'file'; path: string; rights: FileRight[] }
  | { kind: 'http'; method: string; url: string }
  | { kind: 'listen' | 'connect'; port: number }
  | { kind: 'publish' | 'subscribe'; subject: string }
  | { kind: 'kv'; namespace: string; access: 'read' | 'write' }
  | { kind: 'spawn'; path: string }
  | { kind: 'clocks' | 'entropy' };
export type ActionKind = Action['kind'];

/** Who decided: a grant that it has, a rule of the policy, its budget, the user, nobody in time; `dry-run`: refused because the run is one. */
export type DecidedBy = 'grant' | 'policy' | 'budget' | 'user' | 'timeout' | 'revoked' | 'dry-run' | 'observe' | 'default';
export type Decision = 'allow' | 'deny';
export type ApprovalAnswer = 'once' | 'running' | 'always' | 'no';

/** A question to the user. Published as `approval.required`; `approval.given` (`{id, answer}`, answer `timeout` too) once it is settled. */
export interface Approval {
  id: number;
  pid: number;
  program: string;
  /** Of its module, where it came from a file of the namespace. */
  path?: string;
  /** BLAKE3 of the module, hex; empty for a built-in program. */
  hash: string;
  trust: Trust;
  action: Action;
  /** In one line, e.g. `GET https://api.example.org/v1`. */
  summary: string;
  /** What the program says why, as untrusted text; absent if it says nothing. */
  reason?: string;
  /** Its manifest declares it. */
  declared: boolean;
  /** What the answer `always` appends to `/etc/policy.toml`, as text. Absent: this cannot be answered so. */
  rule?: string;
  /** Milliseconds since the epoch. */
  asked: number;
  expires: number;
  /** Questions of the same program that wait behind this one. */
  waiting: number;
}

/** One right that a running process has, or had. */
export interface HeldGrant {
  /** Within its process. */
  id: number;
  action: Action;
  /** In one line, as the manifest has it: `read, write /home/data/**`. */
  summary: string;
  origin: 'start' | 'manifest' | 'policy' | 'user' | 'token' | 'parent';
  uses: number;
  revoked: boolean;
}

export interface ProcessGrants {
  pid: number;
  program: string;
  hash: string;
  trust: Trust;
  id?: string;
  grants: HeldGrant[];
  refused: number;
}

/** One line of the audit log. `hash` is BLAKE3 of the previous hash and the record without `hash` as JSON; the first follows 64 zeros. */
export interface AuditRecord {
  seq: number;
  /** Milliseconds since the epoch. */
  time: number;
  pid: number;
  run: number;
  program: string;
  module: string;
  action: Action | { kind: 'revoke' | 'policy' | 'token' | 'flood'; detail: string };
  decision: Decision;
  by: DecidedBy;
  /** Uses that this record stands for. */
  count: number;
  hash: string;
}

export interface AuditQuery {
  program?: string;
  subject?: string;
  path?: string;
  kind?: string;
  decision?: Decision;
  pid?: number;
  /** Records before this one, the latest first. Default: from the end. */
  before?: number;
  /** Default 100, at most 1000. */
  limit?: number;
}

/** What a module would get, before it runs: what the drop sheet shows. */
export interface RunPlan {
  hash: string;
  trust: Trust;
  /** Path of the manifest that was found, if any. */
  manifestPath?: string;
  manifest?: ComponentManifest;
  problems: ManifestProblem[];
  /** What it gets when it is run as it is. */
  grants: ComponentGrants;
}

/** After a run in learn mode: the least that it needed. */
export interface LearnedManifest {
  run: number;
  path: string;
  /** What is at `path` now; null if nothing is. */
  before: string | null;
  after: string;
}

/** What a dry run would have done, beside the changes of its session. */
export interface DryRunReport {
  run: number;
  overlay: string;
  refused: AuditRecord[];
}

/** The window's calls about authority. Failures are `FsError`. */
export interface AuthorityCalls {
  /** Of a module in the namespace, or of bytes with a manifest's text. */
  planRun(module: string | Uint8Array, manifest?: string): Promise<RunPlan>;
  checkManifest(text: string): Promise<{ manifest: ComponentManifest | null; problems: ManifestProblem[] }>;
  /** Of a module that has none: an empty one with its imports in words, as text to edit. */
  generateManifest(module: string): Promise<string>;
  grantList(): Promise<ProcessGrants[]>;
  /** Resolves when each call of the process that needs it and begins from then on fails; with handles that came from it too. Without `grant`: all of them. */
  grantRevoke(pid: number, grant?: number): Promise<void>;
  /** Those that are shown. Who has asked for them once shows all that come: from then on there is somebody to ask. */
  approvalList(): Promise<Approval[]>;
  /** ENOENT: it is settled already. */
  approvalAnswer(id: number, answer: ApprovalAnswer): Promise<void>;
  auditQuery(query?: AuditQuery): Promise<{ records: AuditRecord[]; total: number }>;
  auditVerify(): Promise<{ records: number; broken: number | null }>;
  /** JSON lines, the oldest first. */
  auditExport(): Promise<{ stream: MessagePort; done: MessagePort }>;
  /** Of `/etc/policy.toml` as it is in force, once every change that the kernel has seen is, with what it revokes. */
  policyState(): Promise<{ rules: number; problems: ManifestProblem[] }>;
  learned(run: number): Promise<LearnedManifest>;
  dryRunReport(pid: number): Promise<DryRunReport>;
}

export const NO_GRANTS: ComponentGrants = {
  files: [], http: [], listen: [], connect: [], publish: [], subscribe: [], kv: [], spawn: [], clocks: false, entropy: false,
};
