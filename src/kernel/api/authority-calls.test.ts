import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_GRANTS, type BusMessage } from '../../shared/abi/index.ts';
import { receiveBytes } from '../../shared/link/index.ts';
import { Machine } from '../../testing/machine.ts';

let machine: Machine;
const SLEEP = '/home/lab/sleep';
const manifest = (grants: string, trust = 'unknown'): string => `[component]\nid = "org.example.sleep"\ntrust = "${trust}"\n[grants]\n${grants}`;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const until = async (what: () => unknown): Promise<void> => {
  for (let n = 0; n < 400 && !(await what()); n++) await new Promise((resolve) => void setTimeout(resolve, 10));
  expect(await what()).toBeTruthy();
};

beforeAll(async () => {
  machine = await Machine.boot();
  await machine.api.mkdir('/home/lab');
  await machine.write(SLEEP, await machine.api.readFile('/bin/coreutils'));
});

afterAll(() => machine.dispose());

const start = async (options = {}): Promise<number> => (await machine.api.spawn({ module: SLEEP, name: 'sleep', args: ['60'], stdin: new Uint8Array(0), ...options })).pid;
const end = async (pid: number): Promise<void> => void (await machine.api.kill(pid, 'KILL'));
const fault = async (action: Promise<unknown>): Promise<string> => action.then(() => 'no fault', (error: unknown) => (error as { code: string }).code);

describe('what a module would get', () => {
  test('MF7 one that is shipped, one of the user’s, one with a manifest, one with faults, bytes', async () => {
    const { api } = machine;
    expect(await api.planRun('/bin/cat')).toMatchObject({ trust: 'trusted', problems: [], grants: { clocks: true } });
    const usual = await api.planRun(SLEEP);
    expect(usual).toMatchObject({ trust: 'unknown', hash: expect.stringMatching(/^[0-9a-f]{64}$/), grants: { files: [{ path: '/**' }] } });
    await machine.write('/home/lab/sleep.component.toml', manifest('clocks = true\npublish = ["a"]', 'trusted'));
    expect(await api.planRun(SLEEP)).toMatchObject({ trust: 'unknown', manifestPath: '/home/lab/sleep.component.toml', manifest: { grants: { publish: ['a'] } }, grants: { clocks: true, publish: [], files: [] } });
    await machine.write('/home/lab/sleep.component.toml', manifest('clocks = 1'));
    expect(await api.planRun(SLEEP)).toMatchObject({ problems: [{ line: 5, column: 10 }], grants: { files: [], clocks: false } });
    const bytes = await api.readFile(SLEEP);
    expect(await api.planRun(bytes, manifest('entropy = true'))).toMatchObject({ hash: usual.hash, grants: { entropy: true, clocks: false } });
    expect(await fault(api.planRun('/nowhere'))).toBe('ENOENT');
    expect(await fault(api.planRun(7 as unknown as string))).toBe('EINVAL');
    await api.rm('/home/lab/sleep.component.toml');
  });

  test('what was ticked is for the module that was looked at, not for what is at its path by then', async () => {
    const { api } = machine;
    const path = '/home/lab/ticked';
    await machine.write(path, await api.readFile('/bin/coreutils'));
    const { hash } = await api.planRun(path);
    const ticked = { module: path, name: 'true', permissions: { ...NO_GRANTS, clocks: true }, hash, stdin: new Uint8Array(0) };
    const { pid } = await api.spawn(ticked);
    expect((await api.wait(pid)).code).toBe(0);
    await machine.write(path, await api.readFile('/bin/textutils'));
    expect(await fault(api.spawn(ticked))).toBe('ESTALE');
    await machine.write(path, '#!builtin sh\n');
    expect(await fault(api.spawn(ticked))).toBe('ESTALE');
  });

  test('a manifest for a module that has none says what it imports', async () => {
    const made = await machine.api.generateManifest(SLEEP);
    expect(made).toMatch(/# {3}files: grants.files \(.*fd_readdir/);
    expect(await machine.api.checkManifest(made)).toMatchObject({ problems: [], manifest: { component: { id: 'local.sleep', module: 'sleep' } } });
    await machine.write('/home/lab/text', 'no module');
    expect(await fault(machine.api.generateManifest('/home/lab/text'))).toBe('ENOEXEC');
  });
});

describe('grants of what runs', () => {
  test('are listed, and can be revoked', async () => {
    const pid = await start();
    const mine = async () => (await machine.api.grantList()).find((one) => one.pid === pid)!;
    expect((await mine()).grants.map(({ summary, origin }) => `${origin} ${summary}`)).toEqual(['start read, write, create, delete /**', 'start read, write, create, delete /home/**', 'start know the time', 'start have random bytes']);
    await machine.api.grantRevoke(pid, 3);
    expect((await mine()).grants.map(({ revoked }) => revoked)).toEqual([false, false, true, false]);
    expect([await fault(machine.api.grantRevoke(pid, 3)), await fault(machine.api.grantRevoke(99_999)), await fault(machine.api.grantRevoke(-1))]).toEqual(['ENOENT', 'ESRCH', 'EINVAL']);
    await machine.api.grantRevoke(pid);
    expect((await mine()).grants.every(({ revoked }) => revoked)).toBe(true);
    await end(pid);
    expect((await machine.api.grantList()).some((one) => one.pid === pid)).toBe(false);
  });
});

describe('the policy', () => {
  const policy = '/etc/policy.toml';
  const held = async () => (await machine.api.notices()).filter(({ id }) => id.startsWith('policy'));

  test('is shipped without faults, and what the user writes is in force at once', async () => {
    expect(await machine.api.policyState()).toEqual({ rules: 1, problems: [] });
    await machine.write(policy, '[[rule]]\ndecision = "deny"\naction = "publish"\n[[rule]]\ndecision = "ask"\naction = "http"\n');
    await until(async () => (await machine.api.policyState()).rules === 2);
  });

  test('PF2: with a fault it says where, and allows nothing', async () => {
    await machine.write(policy, '[[rule]]\ndecision = "deny"\naction = "publish"\n[[rule]]\ndecision = "allow"\naction = "http"\n[[rule]]\ndecision = "never"\naction = "kv"\n');
    await until(async () => (await machine.api.policyState()).problems.length === 1);
    expect(await machine.api.policyState()).toMatchObject({ problems: [{ line: 8, column: 12, key: 'rule[2].decision' }] });
    expect((await held())[0]?.detail).toMatch(/policy.toml, line 8, column 12: decision is one of allow, deny, ask/);
    await machine.write(policy, '[[rule]]\ndecision = "deny"\naction = "publish"\n');
    await until(async () => (await held()).length === 0);
  });

  test('PF1: what a program writes is not in force until the user says so, also after a reload', async () => {
    await machine.run('/bin/sh', ['-c', `printf '\\n[[rule]]\\ndecision = "allow"\\naction = "any"\\n' >> ${policy}`]);
    await until(async () => (await held()).length === 1);
    expect([(await machine.api.policyState()).rules, (await held())[0]?.title]).toEqual([1, 'A change of the policy is not in force']);
    await machine.write(policy, await machine.read(policy));
    await until(async () => (await machine.api.policyState()).rules === 2);
    expect(await held()).toEqual([]);
  });

  test('PF4: files that it denies are not opened', async () => {
    await machine.write('/home/lab/cat', await machine.api.readFile('/bin/coreutils'));
    await machine.write(policy, '[[rule]]\ndecision = "deny"\naction = "file"\npath = "/home/lab/secret/**"\nprogram = "/home/lab/cat"\n');
    await until(async () => (await machine.api.policyState()).rules === 1);
    await machine.write('/home/lab/plain', 'plain');
    expect((await machine.run('/home/lab/cat', ['/home/lab/plain'], { name: 'cat' })).code).toBe(1);
    await machine.write(policy, '');
    await until(async () => (await machine.api.policyState()).rules === 0);
    expect((await machine.run('/home/lab/cat', ['/home/lab/plain'], { name: 'cat' })).stdout).toBe('plain');
  });
});

describe('questions', () => {
  test('reach the window, whose answer alone counts; “always” is a rule, and can be undone', async () => {
    const { api } = machine;
    const { port } = await api.subscribe('approval.>');
    const said: BusMessage[] = [];
    port.onmessage = ({ data }) => {
      said.push(...(data as BusMessage[]));
      port.postMessage((data as BusMessage[]).length);
    };
    expect(await api.approvalList()).toEqual([]);
    await machine.write('/home/lab/nl', await api.readFile('/bin/textutils'));
    const listen = () => api.spawn({ module: '/home/lab/nl', name: 'nl', args: ['/bus/lab.x'], stdin: new Uint8Array(0) });
    const { pid } = await listen();
    await until(async () => (await api.approvalList()).length === 1);
    expect(await fault(api.publish('approval.given', { id: 1, answer: 'always' }))).toBe('EPERM');
    const [approval] = await api.approvalList();
    expect(approval).toMatchObject({ pid, program: 'nl', path: '/home/lab/nl', summary: 'subscribe to lab.x', trust: 'unknown' });
    expect([await fault(api.approvalAnswer(approval!.id, 'yes' as 'once')), await fault(api.approvalAnswer(99, 'once'))]).toEqual(['EINVAL', 'ENOENT']);
    await api.approvalAnswer(approval!.id, 'always');
    await until(() => said.some(({ subject, data }) => subject === 'approval.given' && (data as { id: number }).id === approval!.id));
    await until(async () => (await machine.read('/etc/policy.toml')).includes('subject = "lab.x"'));
    await until(async () => (await api.policyState()).rules === 1);
    await end(pid);
    const other = await listen();
    await until(async () => (await api.auditQuery({ subject: 'lab.x', pid: other.pid })).total === 1);
    expect(await api.approvalList()).toEqual([]);
    await end(other.pid);
    port.close();
  });
});

describe('a question about the policy', () => {
  test('PF1: is about what was there when it was put: a program that changes it again is asked about anew', async () => {
    const { api } = machine;
    const rule = (subject: string): string => `[[rule]]\\ndecision = "allow"\\naction = "publish"\\nsubject = "${subject}"\\n`;
    const put = (subject: string) => machine.run('/bin/sh', ['-c', `printf '${rule(subject)}' > /etc/policy.toml`]);
    const questions = async () => (await api.approvalList()).filter(({ action }) => action.kind === 'file' && action.path === '/etc/policy.toml');
    const before = await machine.read('/etc/policy.toml');
    await api.approvalList();
    await put('harmless');
    await until(async () => (await questions()).length === 1);
    const [first] = await questions();
    await put('>');
    await until(async () => (await questions())[0]?.id !== first!.id);
    expect(await fault(api.approvalAnswer(first!.id, 'once'))).toBe('ENOENT');
    const [second] = await questions();
    await put('worse');
    await until(async () => (await questions())[0]?.id !== second!.id);
    await api.approvalAnswer((await questions())[0]!.id, 'once');
    await until(async () => (await api.notices()).every(({ id }) => id !== 'policy-held'));
    expect((await machine.run('/bin/sh', ['-c', 'grep -c worse /etc/policy.toml'])).stdout).toBe('1\n');
    await machine.write('/etc/policy.toml', before);
  });

  test('PF1: what a program wrote in a session is its change also when the session is merged', async () => {
    const { api } = machine;
    const before = await machine.read('/etc/policy.toml');
    const { rules } = await api.policyState();
    const { overlay } = await machine.run('/bin/sh', ['-c', `printf '[[rule]]\\ndecision = "allow"\\naction = "any"\\n%.0s' 1 2 3 4 5 6 7 > /etc/policy.toml`], { overlay: 'session' });
    expect(await api.layerMerge(overlay!)).toMatchObject({ conflicts: [] });
    expect(await machine.read('/etc/policy.toml')).toContain('action = "any"');
    await until(async () => (await api.notices()).some(({ id }) => id === 'policy-held'));
    expect((await api.policyState()).rules).toBe(rules);
    await machine.write('/etc/policy.toml', before);
  });
});

describe('the audit', () => {
  test('is searched, verified, read as a file and exported; nobody else writes it', async () => {
    const { api } = machine;
    const found = await api.auditQuery({ subject: 'lab.x' });
    const decided = found.records.map(({ decision, by }) => `${decision} ${by}`);
    expect([decided[0], decided.at(-1), found.total]).toEqual(['allow policy', 'allow user', decided.length]);
    expect(await api.auditVerify()).toMatchObject({ broken: null });
    const { stream } = await api.auditExport();
    const exported = await new Response(receiveBytes(stream)).text();
    expect(exported.trimEnd().split('\n').length).toBe((await api.auditVerify()).records);
    expect((await machine.run('/bin/sh', ['-c', 'grep -c lab.x /logs/audit'])).stdout).toBe(`${found.total}\n`);
    expect(text(await api.readFile('/logs/audit')).startsWith(exported)).toBe(true);
    expect(await fault(api.auditQuery({ limit: -1 }))).toBe('EINVAL');
    expect(await fault(api.kvSet('palimpsest:audit', 's000000000000001', new Uint8Array(1)))).toBe('EACCES');
  });
});

describe('learning', () => {
  test('a run in observe mode gives the manifest that it needed, with which it runs again', async () => {
    const { api } = machine;
    await api.writeFile('/home/lab/cp', await api.readFile('/bin/coreutils'));
    await machine.write('/home/lab/from', 'content');
    const args = ['/home/lab/from', '/home/lab/made'];
    const outcome = await machine.run('/home/lab/cp', args, { name: 'cp', learn: 'observe' });
    const learned = await api.learned(outcome.run!);
    expect(learned).toMatchObject({ path: '/home/lab/cp.component.toml', before: null });
    expect((await api.checkManifest(learned.after)).manifest?.grants.files).toEqual([{ path: '/home/lab/from', rights: ['read'] }, { path: '/home/lab/made', rights: ['read', 'write', 'create'] }]);
    await machine.write(learned.path, learned.after);
    await api.rm('/home/lab/made');
    expect((await machine.run('/home/lab/cp', args, { name: 'cp' })).stderr).toBe('');
    expect(await machine.read('/home/lab/made')).toBe('content');
    expect((await machine.run('/home/lab/cp', ['/home/lab/plain', '/home/lab/made'], { name: 'cp' })).code).toBe(1);
    expect(await fault(api.learned(99_999))).toBe('ENOENT');
  });

  test('a dry run stays in a session', async () => {
    const outcome = await machine.run('/bin/coreutils', ['/home/lab/dry'], { name: 'touch', dryRun: true });
    expect([outcome.code, await fault(machine.api.stat('/home/lab/dry'))]).toEqual([0, 'ENOENT']);
    const { pid } = (await machine.api.processes()).find(({ name, exit }) => name === 'touch' && exit?.overlay !== undefined)!;
    expect(await machine.api.dryRunReport(pid)).toMatchObject({ run: outcome.run, overlay: outcome.overlay, refused: [] });
  });
});
