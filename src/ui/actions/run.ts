import type { SpawnOptions } from '../../shared/abi/index.ts';
import { basename, dirname, FsError } from '../../shared/base/index.ts';
import { rememberOwner } from '../launch/index.ts';
import { MODULE_MAX } from '../inspector/index.ts';
import { formatBytes, visibleName } from '../kit/index.ts';
import { openTerminal, showError, splitTerminal, type App, type RunCard } from '../stores/index.ts';

export type RunRequest = Required<Pick<SpawnOptions, 'module' | 'name' | 'args' | 'env' | 'cwd'>> & Pick<SpawnOptions, 'preopens' | 'grants' | 'overlay' | 'permissions' | 'hash' | 'limits' | 'learn' | 'dryRun'>;

/** A program that was started in a terminal. */
export interface Started {
  pid: number;
  request: RunRequest;
}

/** The active terminal if nothing but its prompt runs there, else a new one. */
async function idleTerminal(app: App): Promise<number> {
  const { list, active } = app.terminals.getState();
  const terminal = list.find((candidate) => candidate.id === active);
  const busy = app.processes.getState().list.some((process) => !process.exit && process.tty !== null && process.tty === terminal?.tty && process.pid !== terminal.pid);
  if (terminal?.state === 'open' && terminal.tty !== null && !busy) return terminal.tty;
  return (await openTerminal(app.terminals, app.client.api)).tty;
}

/** Runs a program in an idle terminal; when it has ended a strip says how, and what it changed. */
export async function runInTerminal(app: App, request: RunRequest): Promise<void> {
  try {
    await followRun(app, await startInTerminal(app, request));
  } catch (error) {
    showError(app.messages, `Could not run ${visibleName(request.name)}`, error);
  }
}

/** Starts a program in an idle terminal. @throws what the kernel says where it cannot be started */
export async function startInTerminal(app: App, request: RunRequest): Promise<Started> {
  const tty = await idleTerminal(app);
  const { pid } = await app.client.api.spawn({ ...request, stdio: 'tty', tty });
  app.layout.setState({ bottomOpen: true, sheet: 'terminal' });
  return { pid, request };
}

/** Waits for its end and shows how it ended. */
export async function followRun(app: App, { pid, request }: Started): Promise<void> {
  try {
    const status = await app.client.api.wait(pid);
    // A session that changed nothing is gone by itself.
    const session = request.overlay === 'session' || request.dryRun ? status.overlay : undefined;
    const { run } = status;
    await showEnd(app, {
      pid, name: request.name, status, ...(session !== undefined && { session }),
      ...(request.learn && run !== undefined && { learned: true, run }), ...(request.dryRun && { dry: true }),
    });
  } catch (error) {
    showError(app.messages, `Could not follow ${visibleName(request.name)}`, error);
  }
}

/** Shows how it ended; what of it is in the history, and can be looked at and undone, comes after. */
export async function showEnd(app: App, card: RunCard): Promise<void> {
  app.overlay.setState({ runCard: card });
  const { changes } = card.status;
  if (card.session !== undefined || !changes || changes.written.length + changes.deleted.length + changes.more === 0) return;
  const { run } = card.status;
  const family = run === undefined ? [] : await app.client.api.historyRuns({ run, children: true, limit: 2 }).catch(() => []);
  if (run !== undefined && family.length > 0) patchRunCard(app, card.pid, { run, children: family.some((each) => each.run !== run) });
}

/** Changes what is shown of the last run, if it is still that one. */
export function patchRunCard(app: App, pid: number, change: Partial<RunCard>): void {
  app.overlay.setState(({ runCard }) => (runCard?.pid === pid ? { runCard: { ...runCard, ...change } } : {}));
}

/** By its place or its name: what it really is shows when it is started. */
export function isProgram(path: string): boolean {
  return path.endsWith('.wasm') || dirname(path) === '/bin';
}

/** Runs a file of the namespace with nothing but its own name, as typing its path at the prompt would. */
export function runPath(app: App, path: string): Promise<void> {
  return runInTerminal(app, { module: path, name: basename(path), args: [], env: {}, cwd: '/home' });
}

/** Opens the sheet for a module of the namespace: what it asks for, arguments, ways to run it. */
export async function runWith(app: App, path: string): Promise<void> {
  try {
    const { size } = await app.client.api.stat(path);
    if (size > MODULE_MAX) throw new FsError('EFBIG', 'read', path, { detail: `it has ${formatBytes(size)}, up to ${formatBytes(MODULE_MAX)} can be inspected` });
    const bytes = await app.client.api.readFile(path);
    app.overlay.setState({ dropped: { file: new File([bytes as Uint8Array<ArrayBuffer>], basename(path)), manifest: null, path } });
  } catch (error) {
    showError(app.messages, `Could not open ${visibleName(path)} to run it`, error);
  }
}

/** A failure is shown: `what` could not be done to the process. */
async function signalProcess(app: App, pid: number, signal: string, what: string): Promise<void> {
  try {
    await app.client.api.kill(pid, signal);
  } catch (error) {
    showError(app.messages, `Could not ${what} process ${pid}`, error);
  }
}

/** Sends any signal, by its name without SIG. */
export function sendSignal(app: App, pid: number, signal: string): Promise<void> {
  return signalProcess(app, pid, signal, `send ${signal} to`);
}

export function endProcess(app: App, pid: number, signal: 'TERM' | 'KILL'): Promise<void> {
  return signalProcess(app, pid, signal, 'end');
}

export function pauseProcess(app: App, pid: number): Promise<void> {
  return signalProcess(app, pid, 'STOP', 'stop');
}

export function continueProcess(app: App, pid: number): Promise<void> {
  return signalProcess(app, pid, 'CONT', 'continue');
}

/** `first`: nobody asked for it; a narrow window goes on showing what it shows. */
export async function newTerminal(app: App, first = false): Promise<void> {
  app.layout.setState({ bottomOpen: true, ...(!first && { sheet: 'terminal' }) });
  try {
    await openTerminal(app.terminals, app.client.api);
  } catch (error) {
    showError(app.messages, 'Could not open a terminal', error);
  }
}

/** Takes the workspace from the other tab, which follows this one from then on. Where that needs it, this page starts again. */
export async function takeOver(app: App): Promise<void> {
  try {
    await app.client.api.takeOver();
  } catch (error) {
    if (error instanceof FsError && error.code === 'EBUSY') {
      rememberOwner(true);
      location.reload();
      return;
    }
    showError(app.messages, 'Could not take over the workspace', error, 'Close the other tab, then reload this one.');
  }
}

/** Puts a new terminal beside the active one. */
export async function splitWithNew(app: App): Promise<void> {
  app.layout.setState({ bottomOpen: true, sheet: 'terminal' });
  try {
    await splitTerminal(app.terminals, app.client.api);
  } catch (error) {
    showError(app.messages, 'Could not open a terminal', error);
  }
}
