import { FILE_RIGHTS, RightBit, type FsChanged, type RunKind } from '../../shared/abi/index.ts';
import { KERNEL_PID, moveGrantEpoch, type Arena } from '../../shared/arena/index.ts';
import { FsError, joinPath, normalizePath } from '../../shared/base/index.ts';
import { Approvals, Audit, AuditLog, Authority, checkAction, KERNEL_NAMESPACES, Learning, parseCapRequest, POLICY_PATH, PolicyFile, printable, USE_WORDS, type AuditStore, type PolicyText, type UseWords } from '../authority/index.ts';
import type { Bus } from '../bus/index.ts';
import { nextGrantNumber } from '../capability/index.ts';
import type { Notices } from '../feed/index.ts';
import type { KvStore } from '../kv/index.ts';
import { REST, type FileJudge, type ProcessRecord } from '../process/index.ts';
import type { HostHandlers } from '../syscall/index.ts';
import type { Files } from './files.ts';
import type { KernelHost } from './host.ts';
import type { Storage } from './storage.ts';

export interface BootedAuthority {
  authority: Authority;
  approvals: Approvals;
  audit: Audit;
  policy: PolicyFile;
  learning: Learning;
  handlers: HostHandlers;
  judge: FileJudge;
  /** Ends what was opened by grants; of no effect until it is set. */
  revoke: { current: (numbers: readonly number[]) => Promise<void> };
  /** Makes the token for files that were granted while a process runs; of zeros until it is set. */
  tokens: { current: (process: ProcessRecord, path: string, rights: number, number: number) => Promise<Uint8Array> };
  /** The processes and the pairs are there. */
  connect(kv: KvStore): void;
  /** Of an `Ownership`: of the pairs too, for they keep the log. */
  loseOwnership(): Promise<void>;
  gainOwnership(): Promise<void>;
  close(): Promise<void>;
}

/** Of a token. */
const TOKEN_BYTES = 96;
const AUDIT_NAMESPACE = `${KERNEL_NAMESPACES}audit`;
const STATE_NAMESPACE = `${KERNEL_NAMESPACES}authority`;
const ACCEPTED = 'policy-text';
/** What brings a text that the user has not written: also what a session or an archive has in it. */
const OTHERS_WORDS: ReadonlySet<RunKind> = new Set(['program', 'merge', 'import']);
/** Of the questions about the policy, which no process puts. */
const POLICY_PID = 0;
/** Milliseconds after the start in which nobody has to have asked about the policy: the first prompt needs none of it. */
const POLICY_REST = 1500;

/** The decision path, and the calls of processes to it. */
export function bootAuthority(host: KernelHost, bus: Bus, notices: Notices, storage: Storage, files: Files): BootedAuthority {
  const { arena, hasher, runs } = storage;
  const { processes, logs } = files;
  const now = (): number => Number(host.clock.realtime() / 1_000_000n);
  const late: { kv: KvStore | null } = { kv: null };
  const kv = (): KvStore => {
    if (!late.kv) throw new FsError('EAGAIN', 'kv', undefined, { detail: 'the kernel is starting' });
    return late.kv;
  };
  const revoke: BootedAuthority['revoke'] = { current: async () => {} };
  const approvals = new Approvals({ now, publish: (subject, data) => void bus.publish(subject, data) });
  const log = new AuditLog({
    hash: (bytes) => hasher.hash(bytes), store: auditStore(kv),
    onTrouble: (error) => storage.mode() === 'owner' && notices.raise({ id: 'audit', level: 'warning', title: 'The audit log is not stored', detail: `${error instanceof Error ? error.message : String(error)}. It is kept in this tab and tried again.` }),
    onStored: () => notices.clear('audit'),
  });
  const audit = new Audit({ log, now });
  logs.audit = {
    size: async () => {
      await audit.flush();
      return log.size();
    },
    read: (position, length) => log.read(position, length),
  };
  const learning = new Learning();
  const judge = judgeOf(host, storage);
  const policy: PolicyFile = policyFile({ bus, notices, storage, files, approvals, judge, kv, inForce: (next) => authority.setPolicy(next) });
  const authority: Authority = new Authority({
    approvals, audit, learning, now, words: arenaWords(arena),
    onFlood: (name) => notices.raise({
      id: 'questions', level: 'warning', title: `${printable(name, 60)} asks too much`,
      detail: 'After 12 questions in a minute that nobody answered with a yes, or too many at once, the rest is refused without asking you. The audit tells what was refused.',
    }),
    find: (pid) => processes.current?.get(pid),
    running: () => processes.current?.running() ?? [],
    runOf: (pid) => runs.of(pid),
    voidDecisions: (pid) => {
      for (const pcb of processes.current?.get(pid)?.threads.blocks() ?? []) moveGrantEpoch(arena, pcb);
    },
    endOpened: (numbers) => revoke.current(numbers),
    appendRule: (rule) => policy.append(rule),
    ready: () => policy.ready(),
  });
  const tokens: BootedAuthority['tokens'] = { current: async () => new Uint8Array(TOKEN_BYTES) };
  const handlers = hostHandlers(authority, learning, files, tokens, (pid) => runs.of(pid));
  let starting: ReturnType<typeof setTimeout> | undefined;
  return {
    authority, approvals, audit, policy, learning, handlers, judge, revoke, tokens,
    connect: (store) => {
      late.kv = store;
      processes.current?.onEnd((info, status) => {
        learning.ended(runs.of(info.pid), status);
        authority.ended(info.pid);
      });
      starting = setTimeout(() => void policy.ready(), POLICY_REST);
    },
    loseOwnership: async () => {
      authority.tell();
      await audit.flush(true);
      await kv().loseOwnership();
    },
    gainOwnership: async () => {
      await kv().gainOwnership();
      log.reopen();
      await policy.start();
    },
    close: async () => {
      clearTimeout(starting);
      approvals.dispose();
      authority.dispose();
      await audit.flush(true);
      log.close();
    },
  };
}

/** In the arena: the kernel allocates and reads, processes add. */
function arenaWords(arena: Arena): UseWords {
  return {
    allocate: () => arena.allocZeroed(USE_WORDS * 4),
    read: (address) => Atomics.load(arena.u32, address >>> 2),
    free: (block) => void setTimeout(() => arena.free(block), REST),
  };
}

/** The calls of processes. */
function hostHandlers(authority: Authority, learning: Learning, { descriptors }: Files, tokens: BootedAuthority['tokens'], runOf: (pid: number) => number): HostHandlers {
  return {
    authorize: async ({ pid }, { action, reason, count }) => ({ value: await authority.authorize(pid, checkAction(action), reason, count === true) }),
    'cap-request': async (process, { action, wait }) => {
      const { actions, reason } = parseCapRequest(action);
      const [first] = actions;
      const inTime = Number.isFinite(wait) ? wait : undefined;
      // A file's token is the one use.
      for (const one of actions) await (one.kind === 'file' ? authority.require(process.pid, one, reason, inTime) : authority.ask(process.pid, one, reason, inTime));
      if (first?.kind !== 'file') return { data: new Uint8Array(TOKEN_BYTES) };
      // What was allowed for once is held by the token alone.
      const rights = first.rights.reduce((sum, right) => sum | RightBit[right], 0);
      return { data: await tokens.current(process, first.path, rights, authority.held(process.pid, first)?.number ?? nextGrantNumber()) };
    },
    observed: (process, { fd, path, rights }) => {
      const { pid, pcb, namespace } = process;
      const from = path.startsWith('/') ? '/' : descriptors.describe(descriptors.get(pcb, fd), namespace);
      // Devices and other processes are no files of a manifest.
      const place = normalizePath(joinPath(from, path));
      if (!/^\/(?!(dev|proc|bus)(\/|$))/.test(place)) return {};
      if (path === '') learning.file(runOf(pid), place, FILE_RIGHTS.filter((right) => rights & RightBit[right]));
      else learning.look(runOf(pid), place);
      return {};
    },
  };
}

function judgeOf({ base }: KernelHost, { shipped, hasher }: Storage): FileJudge {
  return {
    hash: (bytes) => hasher.hash(bytes),
    shipped: async (path, bytes) => {
      const sum = shipped.sha256Of(path);
      return sum !== undefined && (await base.sha256(bytes).catch(() => '')) === sum;
    },
  };
}

function auditStore(kv: () => KvStore): AuditStore {
  return {
    get: (key) => kv().get(AUDIT_NAMESPACE, key),
    keys: () => kv().keys(AUDIT_NAMESPACE, { limit: 10_000 }),
    write: (changes, durable) => kv().batch(AUDIT_NAMESPACE, changes, { durable }),
  };
}

interface PolicyParts {
  bus: Bus;
  notices: Notices;
  storage: Storage;
  files: Files;
  approvals: Approvals;
  judge: FileJudge;
  kv(): KvStore;
  inForce: ConstructorParameters<typeof PolicyFile>[0]['inForce'];
}

function policyFile({ bus, notices, storage: { runs, sync }, files: { byPath, root, processes }, approvals, judge, kv, inForce }: PolicyParts): PolicyFile {
  const policy = new PolicyFile({
    inForce,
    read: async () => {
      const bytes = await byPath.readFile(POLICY_PATH).catch((error: unknown) => {
        if (error instanceof FsError && error.code === 'ENOENT') return null;
        throw error;
      });
      return bytes && { text: new TextDecoder().decode(bytes), shipped: await judge.shipped(POLICY_PATH, bytes) };
    },
    append: async (text) => {
      const { pid } = runs.act('user', 'policy');
      try {
        const acting = root.as(pid);
        const etc = await acting.lookup(acting.root(), 'etc');
        // What is known to be missing is told at once, not by a promise.
        const file = await (async () => acting.lookup(etc, 'policy.toml'))().catch(() => acting.create(etc, 'policy.toml'));
        await acting.write(file, acting.stat(file).size, new TextEncoder().encode(text));
      } finally {
        runs.end(pid);
      }
    },
    accepted: {
      get: async () => {
        const bytes = await kv().get(STATE_NAMESPACE, ACCEPTED);
        return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as PolicyText);
      },
      set: (text) => kv().set(STATE_NAMESPACE, ACCEPTED, new TextEncoder().encode(JSON.stringify(text))),
    },
    settled: async () => {
      await sync();
      // What was stored is told in a turn of the bus.
      await new Promise<void>((resolve) => void setTimeout(resolve, 0));
    },
    byProgram: (pid) => pid !== 0 && pid !== KERNEL_PID && OTHERS_WORDS.has(runs.kindOf(pid) ?? 'program'),
    confirm: async (pid) => {
      // It is about the text as it is now: an answer to what was asked before is none.
      approvals.forget(POLICY_PID);
      const name = processes.current?.list().find((info) => info.pid === pid)?.name ?? runs.record(runs.of(pid))?.name ?? `process ${pid}`;
      const how = await approvals.ask('policy', 'policy', POLICY_PID, () => ({
        pid: POLICY_PID, program: name, hash: '', trust: 'unknown', action: { kind: 'file', path: POLICY_PATH, rights: ['write'] }, declared: false,
        summary: `its change of ${POLICY_PATH} is to be in force`,
      }));
      return how === 'once' || how === 'running';
    },
    raise: (notice) => notices.raise(notice), clear: (id) => notices.clear(id),
  });
  bus.subscribe('fs.changed.etc', ({ data }) => {
    const { changes, overflow } = data as FsChanged;
    const touched = changes.filter(({ path, from }) => [path, from].some((one) => one === POLICY_PATH || one === '/etc'));
    if (touched.length > 0 || overflow) void policy.changed(overflow ? [-1, ...touched.map(({ pid }) => pid)] : touched.map(({ pid }) => pid));
  });
  return policy;
}
