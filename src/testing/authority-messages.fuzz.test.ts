import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NO_GRANTS, type ComponentGrants } from '../shared/abi/index.ts';
import { Errno } from '../shared/base/index.ts';
import { ArenaBus, createBus } from '../shared/bus/index.ts';
import type { Got } from '../shared/bus/testing/bus-rig.ts';
import { KERNEL_PCB, ProcessHandle } from '../shared/arena/index.ts';
import { Policy } from '../kernel/authority/index.ts';
import { programGrants, UNKNOWN_IDENTITY } from '../kernel/capability/index.ts';
import { GuestKv, KvStore, MemoryKvBackend } from '../kernel/kv/index.ts';
import { EMPTY_COMMAND, Rig, turn } from '../kernel/process/testing/rig.ts';
import { hostHandlers, HostSpawn } from '../kernel/syscall/index.ts';
import { includes as includesOf, Party, type Given, type ModelRule } from './messages-model.ts';
import { random } from './authority-world.ts';
import { Talker } from './talker.ts';

const SEEDS = process.env['TORTURE_SEED'] ? [Number(process.env['TORTURE_SEED'])] : (JSON.parse(readFileSync(new URL('./authority-seeds.json', import.meta.url), 'utf8')) as { messages: number[] }).messages;
const ROUNDS = process.env['TORTURE_SECONDS'] ? 2000 * Number(process.env['TORTURE_SECONDS']) : 1200;
const SPACES = ['x', 'y', 'team.z'];
const PROGRAMS = ['/home/p.wasm', '/home/q.wasm'];
const REFUSED = [-Errno.ENOTCAPABLE, -Errno.EACCES];
const TEXTS = { publish: subjectLike, subscribe: subjectLike, kv: (world: World) => world.pick(SPACES), spawn: (world: World) => world.pick(PROGRAMS) };
const KINDS = ['publish', 'subscribe', 'kv', 'spawn'] as const;

interface Sub { fd: number; pattern: string; group: string; expected: string[] }
interface Actor { talker: Talker; party: Party; subs: Sub[]; requests: { got: Got; answered: boolean }[]; asked: { fd: number; key: string; answer: string | null }[] }

function subjectLike(world: World): string {
  const parts = Array.from({ length: 1 + Math.floor(world.next() * 3) }, () => world.pick(['a', 'b', 'c', 'a', 'b', '*']));
  if (world.next() < 0.25) parts[parts.length - 1] = '>';
  return parts.join('.');
}

class World {
  readonly log: string[] = [];
  readonly actors: Actor[] = [];
  rules: ModelRule[] = [];
  /** What was published, by its text, and who of a group had it. */
  readonly sent = new Map<string, string>();
  readonly taken = new Map<string, Set<string>>();
  readonly pairs = new Map<string, string>();
  readonly done = new Map<string, number>();
  readonly rig: Rig;
  readonly next: () => number;
  count = 0;

  private constructor(rig: Rig, seed: number) {
    this.rig = rig;
    this.next = random(seed);
  }

  static async make(seed: number): Promise<World> {
    const rig = await Rig.make({ stays: () => {}, ...Object.fromEntries(PROGRAMS.map((path) => [path, () => {}])) });
    createBus(rig.arena);
    rig.arenaBus = new ArenaBus(rig.arena, new ProcessHandle(rig.arena, KERNEL_PCB), { kernel: true });
    for (const path of PROGRAMS) await rig.files.writeFile(path, EMPTY_COMMAND);
    const kv = new GuestKv({ store: new KvStore(new MemoryKvBackend(), true), authority: rig.authority, scratch: (store) => store });
    Object.assign(rig.host, hostHandlers({ kv, spawn: new HostSpawn({ authority: rig.authority, programs: rig.api }) }));
    const world = new World(rig, seed);
    for (let i = 0; i < 4; i++) await world.start();
    return world;
  }

  pick<T>(among: readonly T[]): T {
    return among[Math.floor(this.next() * among.length)]!;
  }

  check(holds: boolean, what: string): void {
    if (!holds) expect.fail(`${what}\nrules ${JSON.stringify(this.rules)}\n${this.log.slice(-40).join('\n')}`);
  }

  wanted(among: readonly Given[]): Given[] {
    return Array.from({ length: 1 + Math.floor(this.next() * 5) }, (): Given => {
      const own = among.length > 0 && this.next() < 0.7 ? this.pick(among) : null;
      const kind = own?.kind ?? this.pick(KINDS);
      return { kind, text: own?.text ?? TEXTS[kind](this), origin: 'start', revoked: false };
    }).filter((one, at, all) => all.findIndex(({ kind, text }) => kind === one.kind && text === one.text) === at);
  }

  async start(): Promise<void> {
    const given = this.wanted([]);
    const grants = { ...programGrants([], { clocks: false, entropy: false }), component: component(given) };
    const { pid } = await this.rig.processes.launch({
      program: new WebAssembly.Module(EMPTY_COMMAND), name: 'stays', args: [], env: [], cwd: '/', ppid: 0, namespace: this.rig.namespace.copy(), tty: null,
      grants, identity: UNKNOWN_IDENTITY, stdio: { kind: 'pipe' },
    });
    this.add(pid, new Party(given, null));
  }

  add(pid: number, party: Party): void {
    this.actors.push({ talker: new Talker(this.rig, pid), party, subs: [], requests: [], asked: [] });
    this.log.push(`start ${pid}: ${party.given.map(({ kind, text }) => `${kind} ${text}`).join(', ')}`);
  }

  /** The model's word is the kernel's: neither more nor less than was granted. */
  judge(actor: Actor, kind: Given['kind'], text: string, result: number): boolean {
    const may = actor.party.may(kind, text, this.rules);
    const was = !REFUSED.includes(result);
    this.log.push(`${actor.talker.record.pid} ${kind} ${text}: ${result}`);
    this.check(may === was, `${actor.talker.record.pid} ${was ? 'could' : 'could not'} ${kind} ${text}`);
    this.tally(`${kind} ${was ? 'done' : 'refused'}`);
    return may;
  }

  tally(what: string): void {
    this.done.set(what, (this.done.get(what) ?? 0) + 1);
  }

  async end(): Promise<void> {
    for (const { talker } of this.actors) expect(await Promise.all(talker.unanswered)).toEqual(talker.unanswered.map(() => 'ENOTCAPABLE'));
    await Promise.all(this.rig.processes.running().map(({ pid }) => this.rig.processes.kill(pid, 'KILL')));
    await turn(5);
    expect(this.rig.faults).toEqual([]);
    this.rig.processes.dispose();
  }
}

function component(given: readonly Given[]): ComponentGrants {
  const of = (kind: Given['kind']): string[] => given.filter((one) => one.kind === kind).map(({ text }) => text);
  return { ...NO_GRANTS, publish: of('publish'), subscribe: of('subscribe'), kv: of('kv'), spawn: of('spawn') };
}

const listens = ({ pattern }: Sub, subject: string): boolean => new RegExp(`^${pattern.split('.').map((part) => (part === '*' ? '[^.]+' : part === '>' ? '.+' : part)).join('\\.')}$`).test(subject);
const subject = (world: World): string => Array.from({ length: 1 + Math.floor(world.next() * 3) }, () => world.pick(['a', 'b', 'c'])).join('.');

/** Everyone who listens without a group gets it, in this order. */
function sent(world: World, to: string, text: string): void {
  world.sent.set(text, to);
  for (const { subs } of world.actors) for (const sub of subs) if (sub.group === '' && listens(sub, to)) sub.expected.push(text);
}

function took(world: World, actor: Actor, sub: Sub, got: Got): void {
  world.log.push(`${actor.talker.record.pid} read ${sub.pattern} ${sub.group}: ${got.subject} ${got.text}`);
  world.check(world.sent.get(got.text) === got.subject && listens(sub, got.subject), `${got.text} came to ${sub.pattern}`);
  if (sub.group === '') world.check(sub.expected.shift() === got.text, `${got.text} came out of order, or twice`);
  else {
    const key = `${sub.group} ${sub.pattern}`;
    const all = world.taken.get(key) ?? new Set();
    world.check(!all.has(got.text), `${got.text} came twice to group ${key}`);
    world.taken.set(key, all.add(got.text));
  }
  if (got.replyTo !== 0) actor.requests.push({ got, answered: false });
  world.tally('message');
}

const ACTS: Record<string, (world: World, actor: Actor) => void | Promise<void>> = {
  publish: (world, actor) => {
    const [to, text] = [subject(world), `m${++world.count}`];
    if (world.judge(actor, 'publish', to, actor.talker.publish(to, text))) sent(world, to, text);
  },
  'publish badly': (world, actor) => {
    const to = world.pick(['proc.1.exit', 'approval.given', 'log.1', 'a.*', '>', 'a..b', '']);
    world.check(actor.talker.publish(to, 'bad') < 0, `${actor.talker.record.pid} published on ${to}`);
  },
  subscribe: (world, actor) => {
    if (actor.subs.length >= 6) return void actor.talker.close(actor.subs.shift()!.fd);
    const [pattern, group] = [subjectLike(world), world.pick(['', '', 'g', 'h'])];
    const fd = actor.talker.subscribe(pattern, group);
    if (world.judge(actor, 'subscribe', pattern, fd)) actor.subs.push({ fd, pattern, group, expected: [] });
  },
  read: (world, actor) => {
    if (actor.subs.length === 0) return;
    const sub = world.pick(actor.subs);
    for (let got = actor.talker.read(sub.fd); ; got = actor.talker.read(sub.fd)) {
      const may = world.judge(actor, 'subscribe', sub.pattern, typeof got === 'number' ? got : 0);
      if (typeof got === 'number') return world.check(!may || (got === -Errno.EAGAIN && sub.expected.length === 0), `${actor.talker.record.pid} did not get ${sub.expected[0]} by ${sub.pattern}: ${got}`);
      took(world, actor, sub, got);
    }
  },
  ask: (world, actor) => {
    const [to, text] = [subject(world), `q${++world.count}`];
    const fd = actor.talker.request(to, text);
    if (!world.judge(actor, 'publish', to, fd)) return;
    const hears = world.actors.some(({ subs }) => subs.some((sub) => listens(sub, to)));
    world.check(hears === (fd >= 0) && (hears || fd === -Errno.EHOSTUNREACH), `request on ${to}: ${fd}`);
    if (fd < 0) return;
    sent(world, to, text);
    actor.asked.push({ fd, key: text, answer: null });
  },
  reply: (world, actor) => {
    const mine = world.next() < 0.7;
    const all = mine ? actor.requests : world.actors.filter((one) => one !== actor).flatMap(({ requests }) => requests);
    if (all.length === 0) return;
    const request = world.pick(all);
    const text = `r${++world.count}`;
    const got = actor.talker.reply(request.got, text);
    const asker = world.actors.find(({ asked }) => asked.some(({ key }) => key === request.got.text));
    const question = asker?.asked.find(({ key }) => key === request.got.text);
    const own = actor.requests.some((one) => one.got.text === request.got.text && !one.answered);
    if (got === 0) {
      world.check(own && question?.answer === null, `${actor.talker.record.pid} answered ${request.got.text}, which it was not asked`);
      question!.answer = text;
      world.tally('reply');
    } else world.check(!own || question?.answer !== null, `${actor.talker.record.pid} could not answer ${request.got.text}: ${got}`);
    for (const one of actor.requests) if (one.got.text === request.got.text) one.answered = true;
  },
  'read reply': (world, actor) => {
    const question = actor.asked.shift();
    if (!question) return;
    const got = actor.talker.read(question.fd);
    world.check((typeof got === 'number' ? null : got.text) === question.answer, `the reply to ${question.key}: ${JSON.stringify(got)}, not ${question.answer}`);
    actor.talker.close(question.fd);
  },
  get: async (world, actor) => {
    const [namespace, key] = [world.pick(SPACES), world.pick(['k', 'l'])];
    const reply = await actor.talker.call({ op: 'kv-get', namespace, key, from: 0 });
    if (!world.judge(actor, 'kv', namespace, typeof reply === 'number' ? reply : 0)) return;
    const text = typeof reply === 'number' ? undefined : new TextDecoder().decode(reply.data);
    world.check(text === world.pairs.get(`${namespace} ${key}`), `${namespace} ${key} is ${text}`);
  },
  set: async (world, actor) => {
    const [namespace, key, value] = [world.pick(SPACES), world.pick(['k', 'l']), `v${++world.count}`];
    const record = new Uint8Array(9 + value.length);
    new DataView(record.buffer).setUint32(0, 1, true);
    new DataView(record.buffer).setUint32(4, value.length, true);
    record.set(new TextEncoder().encode(key + value), 8);
    const reply = await actor.talker.call({ op: 'kv-write', namespace, durable: false }, record);
    if (world.judge(actor, 'kv', namespace, typeof reply === 'number' ? reply : 0)) world.pairs.set(`${namespace} ${key}`, value);
  },
  spawn: async (world, actor) => {
    if (world.actors.length >= 8) {
      const [gone] = world.actors.splice(world.actors.indexOf(actor), 1);
      world.log.push(`stop ${gone!.talker.record.pid}`);
      await world.rig.processes.kill(gone!.talker.record.pid, 'KILL');
      await turn(0);
      return;
    }
    if (world.next() < 0.3) return world.start();
    const [path, given] = [world.pick(PROGRAMS), world.wanted(actor.party.live)];
    const reply = await actor.talker.call({ op: 'host-spawn', path, args: [], grants: JSON.stringify(component(given)) });
    // A rule that lets it start something gives it that to hand on, too.
    const starts = actor.party.may('spawn', path, world.rules);
    const covered = given.every(({ kind, text }) => actor.party.live.some((one) => one.kind === kind && includesOf(kind, one.text, text)));
    const result = typeof reply === 'number' ? reply : 0;
    world.log.push(`${actor.talker.record.pid} spawn ${path} with ${given.map(({ kind, text }) => `${kind} ${text}`).join(', ')}: ${result}`);
    world.check((result === 0) === (starts && covered) && (result === 0 || REFUSED.includes(result)), `${actor.talker.record.pid} spawn ${path}: ${result}, and it may ${starts}, ${covered}`);
    world.tally(`spawn ${result === 0 ? 'done' : 'refused'}`);
    if (typeof reply !== 'number') world.add(reply.value as number, new Party(given, [...actor.party.live]));
  },
  revoke: async (world, actor) => {
    if (world.next() < 0.7) return;
    const { pid } = actor.talker.record;
    const all = world.rig.authority.list().find((one) => one.pid === pid)!.grants.filter(({ revoked }) => !revoked);
    world.check(JSON.stringify(all.map(({ summary }) => summary).sort()) === JSON.stringify(all.map(({ summary }) => summary).sort()) && all.length === actor.party.live.length, `${pid} holds ${all.map(({ summary }) => summary).join(', ')}`);
    if (all.length === 0) return;
    const at = Math.floor(world.next() * all.length);
    const { action, id } = all[at]!;
    const text = 'subject' in action ? action.subject : 'namespace' in action ? action.namespace : 'path' in action ? action.path : '';
    const given = actor.party.live.find((one) => one.kind === action.kind && one.text === text);
    world.check(given !== undefined, `${pid} holds ${action.kind} ${text}, which nobody gave it`);
    given!.revoked = true;
    world.log.push(`revoke ${action.kind} ${text} of ${pid}`);
    await world.rig.authority.revoke(pid, id);
  },
  policy: async (world) => {
    if (world.next() < 0.6) return;
    world.rules = Array.from({ length: Math.floor(world.next() * 4) }, (): ModelRule => {
      const kind = world.pick(['publish', 'subscribe', 'kv', 'publish', 'subscribe'] as const);
      return { decision: world.pick(['allow', 'deny']), kind, text: TEXTS[kind](world) };
    });
    const text = world.rules.map(({ decision, kind, text: what }) => `[[rule]]\ndecision = "${decision}"\naction = "${kind}"\n${kind === 'kv' ? 'namespace' : 'subject'} = "${what}"\n`).join('');
    const policy = await Policy.read(text);
    expect(policy.problems).toEqual([]);
    await world.rig.authority.setPolicy(policy);
    for (const { party } of world.actors) party.dropPolicy();
    world.log.push(`policy ${JSON.stringify(world.rules)}`);
  },
};
const WHAT = Object.keys(ACTS).flatMap((name) => Array.from({ length: ['publish', 'read', 'ask', 'reply', 'subscribe'].includes(name) ? 4 : 1 }, () => name));
const done = new Map<string, number>();

test.each(SEEDS)('HA5 AU2 AU6 AU10 GS2: whatever is said, asked, stored and started, nobody has a right that no one granted it (seed %i)', { timeout: 600_000 }, async (seed) => {
  const world = await World.make(seed);
  for (let round = 0; round < ROUNDS; round++) await ACTS[world.pick(WHAT)]!(world, world.pick(world.actors));
  for (const [what, times] of world.done) done.set(what, (done.get(what) ?? 0) + times);
  await world.end();
});

test('all of it was done, and refused too', () => {
  for (const what of ['publish done', 'publish refused', 'subscribe done', 'subscribe refused', 'kv done', 'kv refused', 'spawn done', 'spawn refused', 'message', 'reply']) expect(done.get(what) ?? 0, what).toBeGreaterThan(5);
});
