import { useEffect, useState, type FormEvent, type ReactElement } from 'react';
import { joinPath } from '../../shared/base/index.ts';
import { followRun, startInTerminal, upload } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { Problems, TRUST_WORDS } from '../authority/index.ts';
import { MODULE_MAX, ModuleLine, ModuleReport, abilities, judge, parseModule, type ParsedModule } from '../inspector/index.ts';
import { Dialog, formatBytes, visibleName } from '../kit/index.ts';
import { loadSetting, saveSetting, showError, type Dropped } from '../stores/index.ts';
import { ManifestPart, ManifestText } from './ManifestPart.tsx';
import { readFields, WITHHELD, type SheetFields, type WithheldGrant } from './sheet-request.ts';
import { SheetForm } from './SheetForm.tsx';
import { useManifest } from './use-manifest.ts';
import './drop.css';

type Loaded = { state: 'reading' } | { state: 'failed'; message: string } | { state: 'read'; bytes: Uint8Array<ArrayBuffer>; parsed: ParsedModule };

const firstFields = (): SheetFields => ({ args: '', env: '', cwd: '/home', files: 'all', rights: 'write', clocks: true, entropy: true, session: loadSetting('try-first', false, (value) => value === true), mode: 'run' });

/** What was dropped, before anything of it runs: what it is, what it asks for, and with what it would run. */
export function DropSheet({ dropped }: { dropped: Dropped }): ReactElement {
  const app = useApp();
  const { file, path } = dropped;
  const loaded = useModule(file);
  const runnable = loaded.state === 'read' && judge(loaded.parsed).runnable;
  const manifest = useManifest(runnable ? (path ?? loaded.bytes) : null, dropped.manifest);
  const [fields, setFields] = useState(firstFields);
  const [problem, setProblem] = useState<{ field: string; error: string } | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const name = visibleName(file.name);
  const close = (): void => app.overlay.setState({ dropped: null });
  const run = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!runnable || busy || !manifest.settled) return;
    const read = readFields(fields, manifest.choice);
    if ('error' in read) return setProblem(read);
    saveSetting('try-first', fields.session);
    setBusy('Compiling…');
    try {
      const started = await startInTerminal(app, { module: path ?? loaded.bytes, name: file.name, ...read.request, ...(manifest.plan && { hash: manifest.plan.hash }) });
      // The sheet that is there now may be another one's.
      if (app.overlay.getState().dropped === dropped) close();
      await followRun(app, started);
    } catch (error) {
      setProblem({ field: 'module', error: `It could not be started: ${error instanceof Error ? error.message : String(error)}` });
      setBusy(null);
    }
  };
  return (
    <Dialog label={`Run ${name}`} onClose={close} className="drop-sheet">
      <form onSubmit={(event) => void run(event)}>
        <div className="dialog-head">
          <h2>{name}</h2>
          <p className="sheet-line">{loaded.state === 'read' ? <ModuleLine parsed={loaded.parsed} bytes={loaded.bytes} /> : formatBytes(file.size)}</p>
        </div>
        <div className="dialog-content">
          {loaded.state === 'reading' && <p role="status">Reading…</p>}
          {loaded.state === 'failed' && <p className="note" role="alert">{loaded.message}</p>}
          {runnable && manifest.choice && manifest.plan && <ManifestPart plan={manifest.plan} choice={manifest.choice} onChange={manifest.change} />}
          {runnable && manifest.plan && <Problems problems={manifest.plan.problems} what={manifest.plan.manifestPath === undefined ? 'the manifest' : visibleName(manifest.plan.manifestPath)} />}
          {runnable && manifest.failed !== null && <p className="note" role="alert">The manifest could not be looked at: {manifest.failed}</p>}
          {runnable && manifest.plan && !manifest.choice && <p className="manifest-who">Trust <b className={`trust-${manifest.plan.trust}`}>{TRUST_WORDS[manifest.plan.trust].text}</b>: {TRUST_WORDS[manifest.plan.trust].about}{manifest.plan.problems.length === 0 && ' It has no manifest.'}</p>}
          {loaded.state === 'read' && <ModuleReport parsed={loaded.parsed} bytes={loaded.bytes} />}
          {runnable && <SheetForm asks={manifest.choice ? null : askedGrants(loaded)} fields={fields} problem={problem} onChange={(change) => { setProblem(null); setFields({ ...fields, ...change }); }} />}
          {runnable && path === undefined && <ManifestText text={manifest.text} onText={manifest.setText} />}
          {problem?.field === 'module' && <p className="note" role="alert">{problem.error}</p>}
        </div>
        <div className="dialog-bar">
          <span className="grow" role="status">{busy ?? (path === undefined ? 'Kept nowhere until you say so' : visibleName(path))}</span>
          <button type="button" className="btn" onClick={close}>Cancel</button>
          {path === undefined && <Keep dropped={dropped} wasm={loaded.state === 'read' && loaded.parsed.format === 'module'} text={manifest.text} close={close} />}
          <button type="submit" className="btn primary" aria-label="Run" disabled={!runnable || busy !== null || !manifest.settled}>Run ⏎</button>
        </div>
      </form>
    </Dialog>
  );
}

/** Puts it into the workspace, with its manifest beside it. */
function Keep({ dropped: { file }, wasm, text, close }: { dropped: Dropped; wasm: boolean; text: string | null; close: () => void }): ReactElement {
  const app = useApp();
  const directory = wasm ? '/bin' : '/home';
  const keep = async (): Promise<void> => {
    close();
    const stem = file.name.replace(/\.wasm$/i, '');
    const items = [{ path: file.name, file }, ...(text === null ? [] : [{ path: `${stem}.component.toml`, file: new File([text], `${stem}.component.toml`) }])];
    if (await upload(app, directory, items, wasm ? `Type ${visibleName(stem)} to run it` : undefined)) void app.explorer.reveal(joinPath(directory, file.name));
  };
  return <button type="button" className="btn" onClick={() => void keep().catch((error: unknown) => void showError(app.messages, `Could not keep ${visibleName(file.name)}`, error))}>{wasm ? 'Keep in /bin' : 'Put in /home'}</button>;
}

/** Which of the grants that can be withheld the module asks for at all. */
function askedGrants(loaded: Loaded): WithheldGrant[] {
  if (loaded.state !== 'read' || loaded.parsed.format !== 'module') return [];
  const asked = abilities(loaded.parsed.info);
  return WITHHELD.filter(({ ability }) => asked.some(({ id, asked: is }) => is && id === ability));
}

function useModule(file: File): Loaded {
  const [loaded, setLoaded] = useState<Loaded>({ state: 'reading' });
  useEffect(() => {
    let gone = false;
    const read = async (): Promise<Loaded> => {
      if (file.size > MODULE_MAX) {
        return { state: 'failed', message: `It has ${formatBytes(file.size)}; up to ${formatBytes(MODULE_MAX)} can be inspected and run. It can be put in /home as a file.` };
      }
      const bytes = new Uint8Array(await file.arrayBuffer());
      return { state: 'read', bytes, parsed: parseModule(bytes) };
    };
    read().catch((error: unknown): Loaded => ({ state: 'failed', message: `It cannot be read: ${error instanceof Error ? error.message : String(error)}. Drop it again.` }))
      .then((next) => {
        if (!gone) setLoaded(next);
      });
    return () => {
      gone = true;
    };
  }, [file]);
  return loaded;
}

