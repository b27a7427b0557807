import { describe, expect, test } from 'vitest';
import type { FsError } from '../../shared/base/index.ts';
import { Random } from '../../shared/testing/random.ts';
import { Rig, turn, type Guest } from './testing/rig.ts';
import { RigShell } from './testing/shell.ts';

type State = 'running' | 'stopped' | 'ended';
interface Child {
  group: number;
  state: State;
  report: 'stopped' | 'continued' | null;
}

const STOPS = ['STOP', 'TSTP', 'TTIN', 'TTOU'];
const ENDS = ['TERM', 'INT', 'USR1', 'KILL', 'HUP'];
const NOTHING = ['CHLD', 'WINCH'];
const SIGNALS = [...STOPS, ...ENDS, ...NOTHING, 'CONT', 'CONT'];
const STEPS = 250;
const CHILDREN_MAX = 8;

/** Children of one shell as POSIX has them, in as few words as can be. */
class Model {
  readonly children = new Map<number, Child>();
  readonly shell: number;

  constructor(shell: number) {
    this.shell = shell;
  }

  signal(pid: number, signal: string): void {
    const child = this.children.get(pid)!;
    if (child.state === 'ended') return;
    if (ENDS.includes(signal)) child.state = 'ended';
    else if (STOPS.includes(signal)) {
      // The children in the shell's own group have no parent outside of it: their group is orphaned.
      if (child.state === 'stopped' || (signal !== 'STOP' && child.group === this.shell)) return;
      Object.assign(child, { state: 'stopped', report: 'stopped' });
    } else if (signal === 'CONT' && child.state === 'stopped') Object.assign(child, { state: 'running', report: 'continued' });
  }

  live(): number[] {
    return [...this.children].filter(([, { state }]) => state !== 'ended').map(([pid]) => pid);
  }

  meant(wanted: number): [number, Child][] {
    return [...this.children].filter(([pid, { group }]) => (wanted > 0 ? pid === wanted : wanted === -1 || group === (wanted === 0 ? this.shell : -wanted)));
  }
}

class Walk {
  readonly random: Random;
  readonly log: string[] = [];
  readonly guests = new Map<number, Guest>();
  rig!: Rig;
  shell!: RigShell;
  model!: Model;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  async start(): Promise<void> {
    this.rig = await Rig.make({ stays: (guest) => void this.guests.set(guest.run.pid, guest) });
    this.shell = await RigShell.open(this.rig);
    this.model = new Model(this.shell.pid);
  }

  async step(): Promise<void> {
    const dice = this.random.next();
    if (dice < 0.25) await this.#spawn();
    else if (dice < 0.35) await this.#exit();
    else if (dice < 0.7) await this.#signal();
    else await this.#wait();
    this.#compare();
  }

  #groups(): number[] {
    return [...new Set([...this.model.children.values()].map(({ group }) => group)), this.shell.pid];
  }

  async #spawn(): Promise<void> {
    if (this.model.live().length >= CHILDREN_MAX) return;
    const group = this.random.chance(0.4) ? 0 : this.random.pick(this.#groups());
    const pid = await this.shell.spawn('stays', { group });
    this.log.push(`spawn ${pid} in ${group}`);
    this.model.children.set(pid, { group: group || pid, state: 'running', report: null });
    while (!this.guests.has(pid)) await turn(1);
  }

  async #exit(): Promise<void> {
    const running = this.model.live();
    if (running.length === 0) return;
    const pid = this.random.pick(running);
    this.log.push(`exit ${pid}`);
    this.model.children.get(pid)!.state = 'ended';
    this.guests.get(pid)!.exit(0);
    await this.rig.processes.wait(pid);
  }

  async #signal(): Promise<void> {
    const { model, random } = this;
    const signal = random.pick(SIGNALS);
    const groups = this.#groups().filter((group) => group !== model.shell && model.live().some((pid) => model.children.get(pid)!.group === group));
    const target = random.chance(0.3) && groups.length > 0 ? -random.pick(groups) : model.live().length > 0 ? random.pick(model.live()) : 0;
    if (target === 0) return;
    this.log.push(`kill ${signal} ${target}`);
    const hit = model.meant(target).map(([pid]) => pid);
    for (const pid of hit) model.signal(pid, signal);
    await this.shell.kill(target, signal);
    for (const pid of hit) if (model.children.get(pid)!.state === 'ended') await this.rig.processes.wait(pid);
  }

  async #wait(): Promise<void> {
    const { model, random } = this;
    const pid = random.pick([-1, -1, 0, ...this.#groups().map((group) => -group), ...model.children.keys()]);
    const untraced = random.chance(0.5);
    this.log.push(`wait ${pid}${untraced ? ' untraced' : ''}`);
    const told = await this.shell.wait({ pid, untraced, nohang: true }).catch((error: FsError) => error.code);
    const meant = model.meant(pid);
    if (meant.length === 0) expect(told).toBe('ECHILD');
    else {
      const ends = meant.filter(([, { state }]) => state === 'ended');
      const reports = meant.filter(([, { report, state }]) => untraced && report !== null && state !== 'ended');
      const possible = ends.length > 0 ? ends.map(([one]) => `${one} exited`) : reports.map(([one, { report }]) => `${one} ${report}`);
      if (possible.length === 0) expect(told).toBeNull();
      else if (told === null || typeof told === 'string') expect(told).toBe(possible.join(' or '));
      else {
        expect(possible).toContain(`${told.pid} ${told.state}`);
        if (told.state === 'exited') model.children.delete(told.pid);
        else model.children.get(told.pid)!.report = null;
      }
    }
  }

  #compare(): void {
    const seen = this.rig.processes.running().filter(({ ppid }) => ppid === this.shell.pid)
      .map(({ pid, group, stopped, handle }) => [pid, group, stopped ? 'stopped' : 'running', handle.group, handle.control !== 0]);
    const expected = this.model.live().map((pid) => {
      const { group, state } = this.model.children.get(pid)!;
      return [pid, group, state, group, state === 'stopped'];
    });
    expect(seen).toEqual(expected);
  }

  async end(): Promise<unknown[]> {
    await Promise.allSettled(this.model.live().map((pid) => this.rig.processes.kill(pid, 'KILL')));
    await this.shell.close();
    await turn(30);
    const leaks = this.rig.leaks();
    this.rig.processes.dispose();
    return leaks;
  }
}

describe.each([11, 12, 13, 14])('children, groups, stops and waits against a model, seed %i', (seed) => {
  test(`WT1 PG1 SG1: ${STEPS} random steps`, async () => {
    const walk = new Walk(seed);
    await walk.start();
    for (let step = 0; step < STEPS; step++) {
      try {
        await walk.step();
      } catch (error) {
        throw new Error(`after ${walk.log.join(', ')}`, { cause: error });
      }
    }
    expect(await walk.end()).toEqual([]);
  }, 30_000);
});
