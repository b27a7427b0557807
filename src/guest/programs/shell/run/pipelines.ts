import type { Builtins } from '../builtins/index.ts';
import { awaitForeground } from '../jobs/index.ts';
import type { AndOr, Command, Simple } from '../parse/index.ts';
import { Jobs, jobStatus, ShellError, type Job, type Shell } from '../state/index.ts';
import { encodeText } from '../system/index.ts';
import { Redirections } from './redirections.ts';
import { complain, printError } from './report.ts';
import { startIgnoringKeys } from './signals.ts';
import { finishForeground, type SimpleCommands } from './simple.ts';
import { spawnShell, type Place } from './spawn.ts';

/** What pipelines need of the rest. */
export interface Commands {
  command(shell: Shell, command: Command): number;
  subshell(shell: Shell, run: (copy: Shell) => number): number;
}

/** Output of a built-in in a pipeline that is put into a pipe at once; more is printed by a process of its own. */
const AT_ONCE_MAX = 8 * 1024 * 1024;

/** A stage of a pipeline: a process, or a status that is known already. */
type Stage = { pid: number } | { status: number };

/**
 * Pipelines and background lists. Programs are started with pipes between them; what only prints (`echo`, `printf`) fills its pipe
 * at once; other commands of the shell run in a shell process that gets this one's state, save the last stage, which runs in
 * this process, on a copy of the shell, where jobs are not controlled.
 */
export class Pipelines {
  readonly #builtins: Builtins;
  readonly #simple: SimpleCommands;
  readonly #commands: Commands;

  constructor(builtins: Builtins, simple: SimpleCommands, commands: Commands) {
    this.#builtins = builtins;
    this.#simple = simple;
    this.#commands = commands;
  }

  /** Runs in the foreground. */
  run(shell: Shell, commands: readonly Command[]): number {
    const { text } = shell;
    let lastStatus: number | null = null;
    const { stages, group } = this.#start(shell, commands, text, true, (copy, command) => (lastStatus = this.#commands.subshell(copy, (own) => this.#commands.command(own, command))));
    const job = toJob(stages, group, text);
    awaitForeground(shell, job);
    const status = shell.options.has('pipefail') || lastStatus === null ? pipeStatus(shell, job, lastStatus) : lastStatus;
    finishForeground(shell, job, text);
    return status;
  }

  /** Runs in the background. The status is 0. */
  background(shell: Shell, list: AndOr): number {
    try {
      startIgnoringKeys(shell, () => this.#background(shell, list));
    } catch (error) {
      if (!(error instanceof ShellError) || error.ends) throw error;
      complain(shell, error.message);
      return error.status;
    }
    return 0;
  }

  #background(shell: Shell, { first, rest, text }: AndOr): void {
    const plain = rest.length === 0 && !first.negated && first.timed === undefined;
    const noInput = !shell.monitor && shell.system.isOpen(0);
    const redirections = new Redirections(shell);
    let job: Job;
    try {
      if (noInput) redirections.apply([{ op: '<', fd: 0, target: [{ k: 'quoted', s: '/dev/null' }] }]);
      if (plain && (first.commands.length > 1 || this.#isProgram(shell, first.commands[0]!))) {
        const { stages, group } = this.#start(shell, first.commands, text, false, null);
        job = toJob(stages, group, text);
      } else {
        const pid = spawnShell(shell, { list: [{ first, rest, text, background: false }] }, text, shell.monitor ? { group: 0 } : {});
        job = Jobs.create([pid], shell.monitor ? pid : 0, text);
      }
    } finally {
      redirections.restore();
    }
    shell.jobs.enter(job);
    shell.lastBackground = job.processes.at(-1)?.pid;
    if (shell.interactive && shell.subshellDepth === 0) printError(shell, `[${job.id}] ${shell.lastBackground}\n`);
  }

  /** Starts all stages. `last`: runs the last one in this process. */
  #start(
    shell: Shell, commands: readonly Command[], text: string, foreground: boolean, last: ((copy: Shell, command: Command) => void) | null,
  ): { stages: Stage[]; group: number } {
    const { system } = shell;
    const stages: Stage[] = [];
    let group = 0;
    let input = -1;
    try {
      for (const [index, command] of commands.entries()) {
        const isLast = index === commands.length - 1;
        const place: Place = shell.monitor ? { group, foreground: foreground && group === 0 } : {};
        const streams: [number, number][] = input >= 0 ? [[0, input]] : [];
        if (isLast && last && !shell.monitor && !this.#isProgram(shell, command)) {
          this.#with(shell, streams, () => {
            // Nobody but the command reads: its end must be seen by the stage before.
            if (input >= 0) system.close(input);
            input = -1;
            last(shell, command);
          });
          break;
        }
        const { stage, reader } = this.#stage(shell, command, streams, isLast, text, place);
        stages.push(stage);
        if (shell.monitor && group === 0 && 'pid' in stage) group = stage.pid;
        if (input >= 0) system.close(input);
        input = reader;
      }
    } finally {
      if (input >= 0) system.close(input);
    }
    return { stages, group };
  }

  #with<T>(shell: Shell, streams: readonly [number, number][], run: () => T): T {
    const redirections = new Redirections(shell);
    try {
      for (const [fd, from] of streams) redirections.point(fd, from);
      return run();
    } finally {
      redirections.restore();
    }
  }

  /** Starts one stage. `reader`: where the next one reads; -1 after the last. */
  #stage(shell: Shell, command: Command, input: readonly [number, number][], isLast: boolean, text: string, place: Place): { stage: Stage; reader: number } {
    const { system } = shell;
    if (!isLast && command.k === 'simple') {
      const filled = this.#atOnce(shell, command, input);
      if (filled) return filled;
    }
    const pipe = isLast ? null : system.pipe();
    try {
      const streams: [number, number][] = pipe ? [...input, [1, pipe.writer]] : [...input];
      const stage = this.#with(shell, streams, () => this.#process(shell, command, text, place));
      return { stage, reader: pipe?.reader ?? -1 };
    } catch (error) {
      if (pipe) system.close(pipe.reader);
      throw error;
    } finally {
      if (pipe) system.close(pipe.writer);
    }
  }

  /** A built-in that only prints: what it prints goes into a pipe that is large enough. Null if it is not such a command. */
  #atOnce(shell: Shell, command: Simple, input: readonly [number, number][]): { stage: Stage; reader: number } | null {
    const builtin = this.#pureBuiltin(shell, command);
    if (!builtin || command.assigns.length > 0) return null;
    const { system } = shell;
    const output: string[] = [];
    let pipe: { reader: number; writer: number } | null = null;
    const status = this.#with(shell, input, () => this.#commands.subshell(shell, (copy) => {
      copy.line = command.line;
      const run = (): number => {
        const argv = this.#simple.words(copy, command.words);
        if (copy.options.has('xtrace')) this.#simple.trace(copy, argv);
        return this.#simple.collect(copy, builtin, argv, output);
      };
      let code: number;
      try {
        code = run();
      } catch (error) {
        if (!(error instanceof ShellError)) throw error;
        complain(copy, error.message);
        code = error.status;
      }
      const bytes = encodeText(output.join(''));
      if (bytes.length > AT_ONCE_MAX) throw new ShellError('too much output for a pipe at once');
      pipe = system.pipe(bytes.length);
      const { writer } = pipe;
      this.#with(copy, [[1, writer]], () => this.#write(copy, command, bytes));
      system.close(writer);
      return code;
    }));
    return { stage: { status }, reader: (pipe as { reader: number } | null)?.reader ?? system.filled(new Uint8Array(0)) };
  }

  #write(shell: Shell, { redirects }: Simple, bytes: Uint8Array): void {
    const redirections = new Redirections(shell);
    try {
      redirections.apply(redirects);
      if (bytes.length > 0) shell.system.write(1, bytes);
    } finally {
      redirections.restore();
    }
  }

  #nameOf(command: Command): string | null {
    const first = command.k === 'simple' ? command.words[0] : undefined;
    return first?.length === 1 && first[0]!.k === 'text' && !/[~*?[]/.test(first[0]!.s) ? first[0]!.s : null;
  }

  #pureBuiltin(shell: Shell, command: Simple): ReturnType<Builtins['get']> | null {
    const name = this.#nameOf(command);
    const builtin = name === null || shell.functions.has(name) ? undefined : this.#builtins.get(name);
    return builtin?.pure ? builtin : null;
  }

  /** Whether it is known, without expanding anything, that the command is a program. */
  #isProgram(shell: Shell, command: Command): boolean {
    const name = this.#nameOf(command);
    return name !== null && !shell.functions.has(name) && !this.#builtins.has(name);
  }

  /** A stage in a process of its own. */
  #process(shell: Shell, command: Command, text: string, place: Place): Stage {
    if (command.k !== 'simple' || !this.#isProgram(shell, command)) return { pid: spawnShell(shell, { command }, text, place) };
    let pid = -1;
    const status = this.#commands.subshell(shell, (copy) => {
      copy.line = command.line;
      pid = this.#program(copy, command, place);
      return 0;
    });
    return pid >= 0 ? { pid } : { status };
  }

  /** Starts a program; -1 if it could not be, which was told. */
  #program(shell: Shell, command: Simple, place: Place): number {
    const redirections = new Redirections(shell);
    try {
      const argv = this.#simple.words(shell, command.words);
      redirections.apply(command.redirects);
      const env = this.#simple.environment(shell, command.assigns);
      if (shell.options.has('xtrace')) this.#simple.trace(shell, argv);
      return this.#simple.start(shell, argv, env, place);
    } finally {
      redirections.restore();
    }
  }
}

function toJob(stages: readonly Stage[], group: number, text: string): Job {
  const job = Jobs.create(stages.map((stage) => ('pid' in stage ? stage.pid : 0)), group, text);
  stages.forEach((stage, index) => {
    const process = job.processes[index]!;
    if ('status' in stage) Object.assign(process, { state: 'exited', status: stage.status });
  });
  return job;
}

/** `last`: of the last stage, if it ran in this process. */
function pipeStatus(shell: Shell, job: Job, last: number | null): number {
  if (last !== null && last !== 0) return last;
  return last === null ? jobStatus(job, shell.options.has('pipefail')) : jobStatus(job, true);
}
