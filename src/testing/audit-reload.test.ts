import { afterEach, expect, test } from 'vitest';
import { openKv } from '../kernel/kv/index.ts';
import { MemoryLogFolder } from '../kernel/kv/testing/memory-log-folder.ts';
import { MemoryDisk } from '../kernel/storage/index.ts';
import type { AuditRecord } from '../shared/abi/index.ts';
import { Machine } from './machine.ts';
import { startProgram, type RunningProgram } from './running-program.ts';

/** What is on disk, over reloads. */
const stored = { disk: new MemoryDisk(), folder: new MemoryLogFolder() };
const POLICY = '/etc/policy.toml';
let machine: Machine | undefined;

async function load(): Promise<Machine> {
  await machine?.dispose();
  machine = await Machine.boot({ disk: stored.disk, kv: { kind: 'opfs', folder: stored.folder } });
  return machine;
}

afterEach(async () => {
  await machine?.dispose();
  machine = undefined;
});

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; n < 1000 && !(await holds()); n++) await new Promise((resolve) => void setTimeout(resolve, 10));
  expect(await holds()).toBe(true);
}


/** A program wants to read what nobody grants, and nobody is there to ask. */
async function leaveTrace({ api }: Machine, name: string): Promise<void> {
  const pid = (await api.spawn({ module: '/home/nl', name: 'nl', args: [`/bus/trace.${name}`], stdin: new Uint8Array(0) })).pid;
  expect((await api.wait(pid)).code).not.toBe(0);
  expect((await api.auditQuery({ pid, subject: `trace.${name}`, decision: 'deny' })).total).toBe(1);
}

const isAbout = ({ action }: AuditRecord, name: string): boolean => action.kind === 'subscribe' && action.subject === `trace.${name}`;

async function records({ api }: Machine): Promise<AuditRecord[]> {
  return (await api.auditQuery({ limit: 1000 })).records.reverse();
}

/** Changes what is stored while no kernel runs. */
async function tamper(change: (text: string) => string): Promise<void> {
  await machine?.dispose();
  machine = undefined;
  const store = openKv({ kind: 'opfs', folder: stored.folder }, true, (trouble) => { throw new Error(trouble.detail); });
  const key = (await store.keys('palimpsest:audit')).filter((name) => name.startsWith('s')).at(-1)!;
  const before = new TextDecoder().decode((await store.get('palimpsest:audit', key))!);
  const after = change(before);
  expect(after).not.toBe(before);
  await store.set('palimpsest:audit', key, new TextEncoder().encode(after));
  await store.close();
}

test('AL1 the chain goes on over reloads; AL2 a decision that was turned round on disk is found at its number, then and after what follows', async () => {
  let { api } = await load();
  await api.writeFile('/home/nl', await api.readFile('/bin/textutils'));
  await leaveTrace(machine!, 'first');
  const before = await records(machine!);
  expect(before.map(({ seq }) => seq)).toEqual(before.map((_, at) => at + 1));
  ({ api } = await load());
  await leaveTrace(machine!, 'second');
  const all = await records(machine!);
  expect(all.slice(0, before.length)).toEqual(before);
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_, at) => at + 1));
  expect(all.some((record) => isAbout(record, 'second'))).toBe(true);
  expect(await api.auditVerify()).toEqual({ records: all.length, broken: null });

  const turned = all.find((record) => isAbout(record, 'first'))!.seq;
  await tamper((text) => text.replace(new RegExp(`(\\{"seq":${turned},.*?"decision":")deny`), '$1allow'));
  ({ api } = await load());
  expect((await api.auditVerify()).broken).toBe(turned);
  await leaveTrace(machine!, 'third');
  expect((await api.auditVerify()).broken).toBe(turned);
}, 60_000);

test('PF5 the rule that “always” adds holds after a reload; undone in the history it is gone, and the question comes again', async () => {
  let { api } = await load();
  await api.writeFile('/home/nl', await api.readFile('/bin/textutils'));
  const listen = (): Promise<RunningProgram> => startProgram(machine!, '/home/nl', { name: 'nl', args: ['/bus/lab.x'] });
  const asked = async (): Promise<boolean> => (await api.approvalList()).length === 1;
  await api.approvalList();
  const first = await listen();
  await until(asked);
  await api.approvalAnswer((await api.approvalList())[0]!.id, 'always');
  await until(async () => (await machine!.read(POLICY)).includes('subject = "lab.x"'));
  await until(async () => (await api.policyState()).rules === 2);
  await first.kill();

  ({ api } = await load());
  await api.approvalList();
  // Numbers of processes begin anew.
  const allowed = async (): Promise<number> => (await api.auditQuery({ subject: 'lab.x', decision: 'allow' })).total;
  const before = await allowed();
  const second = await listen();
  await until(async () => (await allowed()) > before);
  expect(await api.approvalList()).toEqual([]);
  await second.kill();

  const { entries } = await api.historyEntries({ path: POLICY });
  expect(await api.historyUndo({ run: entries[0]!.run })).toMatchObject({ conflicts: [] });
  await until(async () => (await api.policyState()).rules === 1);
  expect(await machine!.read(POLICY)).not.toContain('lab.x');
  const third = await listen();
  await until(asked);
  expect((await api.approvalList())[0]).toMatchObject({ pid: third.pid, program: 'nl', summary: 'subscribe to lab.x' });
  await third.kill();
}, 60_000);
