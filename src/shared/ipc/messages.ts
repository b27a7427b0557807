import { FILE_RIGHTS } from '../abi/index.ts';
import {
  anything, boolean, integer, list, nullable, number, object, oneOf, record, text, variants, type Shape, type TypeOf,
} from './shape.ts';

/** One version of a message type. A change that its readers would not survive is a new version, beside this one. */
export interface MessageType<T> {
  /** Patterns of the subjects that carry it: `*` is one part, `>` the rest. */
  readonly subjects: readonly string[];
  /** Who may send it. What the window and its panes believe comes from the kernel alone; `astrid_log` is its hand in a process's worker. */
  readonly from: 'kernel' | 'anyone';
  readonly shape: Shape<T>;
  /** The member that a plain line of text is (`/bus/user.input`). Default: it is none. */
  readonly bare?: string;
  /** What it says, in one line for people. */
  readonly about: string;
}

const CHANGE_OPS = ['create', 'mkdir', 'symlink', 'link', 'unlink', 'rmdir', 'rename', 'write', 'attr'] as const;
const LIMITS = ['memory', 'wall', 'cpu', 'files', 'output', 'processes', 'messages'] as const;
const TRUST = ['trusted', 'unknown', 'dev'] as const;
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;

const path = text(65_536);
const name = text(4096);
const pid = integer(0, 0xffffffff);
/** Milliseconds since the epoch. */
const time = number;

const action = variants('kind', {
  file: object({ path, rights: list(oneOf(...FILE_RIGHTS), 4) }),
  http: object({ method: name, url: path }),
  listen: object({ port: integer(0, 65_535) }),
  connect: object({ port: integer(0, 65_535) }),
  publish: object({ subject: name }),
  subscribe: object({ subject: name }),
  kv: object({ namespace: name, access: oneOf('read', 'write') }),
  spawn: object({ path }),
  clocks: object({}),
  entropy: object({}),
});

const exit = object({
  code: integer(-0x80000000, 0xffffffff), signal: nullable(name), reason: oneOf('exit', 'trap', 'killed', 'error', 'limit'), duration: number,
}, {
  message: text(), limit: oneOf(...LIMITS), run: integer(), overlay: name,
  changes: object({ written: list(path), deleted: list(path), more: integer() }),
});

const spawned = object({
  pid, ppid: pid, group: pid, session: pid, name, args: list(text()), cwd: path,
  state: oneOf('starting', 'running', 'waiting', 'stopped', 'exited'), started: time, tty: nullable(integer()),
  openFiles: integer(), syscalls: integer(), cpu: number,
}, { exit, memory: integer(), listening: list(integer(0, 65_535)), threads: integer() });

const notice = object({
  id: name, level: oneOf('info', 'warning', 'error'), title: text(), detail: text(),
}, { action: oneOf('take-over', 'reload', 'free-space', 'folder-allow', 'folder-refresh', 'folder-resume', 'repair', 'backup-allow', 'policy') });

const workspace = object({
  name, mode: oneOf('owner', 'read-only', 'memory'), transport: oneOf('shared memory'), usage: number, quota: number, changes: integer(),
  journalEntries: integer(), layers: list(object({ name, programs: integer(), size: number, download: number })),
});

const approval = object({
  id: integer(), pid, program: name, hash: name, trust: oneOf(...TRUST), action, summary: text(65_536), declared: boolean,
  asked: time, expires: time, waiting: integer(),
}, { reason: text(65_536), path, rule: text(65_536) });

/** What people and agents say to each other. `session` tells several talks apart; `inReplyTo` is the `id` of what is answered. */
const said = { id: name, session: name } as const;

/** Every message type that is known, by name and version. */
export const MESSAGES = {
  'UserInput.v1': {
    subjects: ['user.input', 'user.input.*'], from: 'anyone', about: 'what a user says to whoever answers',
    shape: object({ text: text() }, said), bare: 'text',
  },
  'AgentResponse.v1': {
    subjects: ['agent.response', 'agent.response.*'], from: 'anyone', about: 'an answer, whole',
    shape: object({ text: text() }, { ...said, inReplyTo: name }), bare: 'text',
  },
  'AgentStream.v1': {
    subjects: ['agent.stream', 'agent.stream.*'], from: 'anyone', about: 'a piece of an answer that is still being made',
    shape: object({ text: text() }, { ...said, inReplyTo: name, index: integer(), done: boolean }), bare: 'text',
  },
  'ApprovalRequired.v1': { subjects: ['approval.required'], from: 'kernel', about: 'a program waits for a decision of the user', shape: approval },
  'ApprovalGiven.v1': {
    subjects: ['approval.given'], from: 'kernel', about: 'a question is settled',
    shape: object({ id: integer(), answer: oneOf('once', 'running', 'always', 'no', 'timeout') }),
  },
  'ProcessSpawned.v1': { subjects: ['proc.*.spawn'], from: 'kernel', about: 'a process starts', shape: spawned },
  'ProcessExited.v1': { subjects: ['proc.*.exit'], from: 'kernel', about: 'a process has ended', shape: exit },
  'FsChanged.v1': {
    subjects: ['fs.changed.*'], from: 'kernel', about: 'changes of files that are stored, by top-level directory',
    shape: object({ changes: list(object({ path, op: oneOf(...CHANGE_OPS), pid }, { from: path })), overflow: boolean }, { within: list(path) }),
  },
  'FsRead.v1': { subjects: ['fs.read.*'], from: 'kernel', about: 'files that processes read just now', shape: object({ paths: list(path) }) },
  'NoticeRaised.v1': { subjects: ['notice.raised'], from: 'kernel', about: 'a condition that the user must know', shape: notice },
  'NoticeCleared.v1': { subjects: ['notice.cleared'], from: 'kernel', about: 'that condition is over', shape: object({ id: name }) },
  'WorkspaceChanged.v1': { subjects: ['workspace.changed'], from: 'kernel', about: 'what the workspace holds and how much it takes', shape: workspace },
  'FsckProgress.v1': {
    subjects: ['fsck.progress'], from: 'kernel', about: 'how far a check of the store is',
    shape: object({ phase: oneOf('names', 'journal', 'chunks', 'repair'), done: number, total: number }),
  },
  'FolderProgress.v1': {
    subjects: ['folder.*.progress'], from: 'kernel', about: 'how far work on a folder of the disk is',
    shape: object({ phase: oneOf('scan', 'mount', 'compare', 'commit', 'refresh'), done: number, total: number }, { path }),
  },
  'LogLine.v1': {
    subjects: ['log.*'], from: 'kernel', about: 'a line of a program’s log; the last part is its pid',
    shape: object({ level: oneOf(...LOG_LEVELS) }, { text: text(16_384), fields: record(anything) }),
  },
  'Metric.v1': {
    subjects: ['metric.>'], from: 'anyone', about: 'one measurement',
    shape: object({ name: text(256), value: number }, { unit: text(64), kind: oneOf('counter', 'gauge', 'histogram'), labels: record(text(4096), 64) }),
  },
} as const satisfies Record<string, MessageType<unknown>>;

export type MessageName = keyof typeof MESSAGES;
export type MessageData<N extends MessageName> = TypeOf<(typeof MESSAGES)[N]['shape']>;
export type LogLevel = (typeof LOG_LEVELS)[number];
