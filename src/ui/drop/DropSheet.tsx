import { useEffect, useState, type FormEvent, type ReactElement } from 'react';
import { joinPath } from '../../shared/base/index.ts';
import { runInTerminal, upload } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { MODULE_MAX, ModuleLine, ModuleReport, abilities, judge, parseModule, type ParsedModule } from '../inspector/index.ts';
import { Dialog, formatBytes, visibleName } from '../kit/index.ts';
import { loadSetting, saveSetting, showError } from '../stores/index.ts';
import { readFields, WITHHELD, type SheetFields, type WithheldGrant } from './sheet-request.ts';
import { SheetForm } from './SheetForm.tsx';
import './drop.css';

type Loaded = { state: 'reading' } | { state: 'failed'; message: string } | { state: 'read'; bytes: Uint8Array<ArrayBuffer>; parsed: ParsedModule };

/** What was dropped, before anything of it runs: what it is, what it asks for, and with what it would run. */
export function DropSheet({ file }: { file: File }): ReactElement {
  const app = useApp();
  const loaded = useModule(file);
  const [fields, setFields] = useState<SheetFields>(() => ({ args: '', env: '', cwd: '/home', files: 'all', clocks: true, entropy: true, session: loadSetting('try-first', false, (value) => value === true) }));
  const [problem, setProblem] = useState<{ field: string; error: string } | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const name = visibleName(file.name);
  const close = (): void => app.overlay.setState({ dropped: null });
  const runnable = loaded.state === 'read' && judge(loaded.parsed).runnable;
  const run = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!runnable || busy) return;
    const read = readFields(fields);
    if ('error' in read) return setProblem(read);
    saveSetting('try-first', fields.session);
    setBusy('Compiling…');
    try {
      const module = await WebAssembly.compile(loaded.bytes);
      if (app.overlay.getState().dropped !== file) return;
      close();
      await runInTerminal(app, { module, name: file.name, ...read.request });
    } catch (error) {
      setProblem({ field: 'module', error: `It cannot be compiled: ${error instanceof Error ? error.message : String(error)}` });
      setBusy(null);
    }
  };
  const keep = async (directory: string): Promise<void> => {
    close();
    const how = directory === '/bin' ? `Type ${visibleName(file.name.replace(/\.wasm$/i, ''))} to run it` : undefined;
    if (await upload(app, directory, [{ path: file.name, file }], how)) void app.explorer.reveal(joinPath(directory, file.name));
  };
  const wasm = loaded.state === 'read' && loaded.parsed.format === 'module';
  return (
    <Dialog label={`Run ${name}`} onClose={close} className="drop-sheet">
      <form onSubmit={(event) => void run(event).catch((error: unknown) => void showError(app.messages, `Could not run ${name}`, error))}>
        <div className="dialog-head">
          <h2>{name}</h2>
          <p className="sheet-line">{loaded.state === 'read' ? <ModuleLine parsed={loaded.parsed} bytes={loaded.bytes} /> : formatBytes(file.size)}</p>
        </div>
        <div className="dialog-content">
          {loaded.state === 'reading' && <p role="status">Reading…</p>}
          {loaded.state === 'failed' && <p className="note" role="alert">{loaded.message}</p>}
          {loaded.state === 'read' && <ModuleReport parsed={loaded.parsed} bytes={loaded.bytes} />}
          {runnable && <SheetForm asks={askedGrants(loaded)} fields={fields} problem={problem} onChange={(change) => { setProblem(null); setFields({ ...fields, ...change }); }} />}
          {problem?.field === 'module' && <p className="note" role="alert">{problem.error}</p>}
        </div>
        <div className="dialog-bar">
          <span className="grow" role="status">{busy ?? 'Kept nowhere until you say so'}</span>
          <button type="button" className="btn" onClick={close}>Cancel</button>
          {wasm
            ? <button type="button" className="btn" onClick={() => void keep('/bin')}>Keep in /bin</button>
            : <button type="button" className="btn" onClick={() => void keep('/home')}>Put in /home</button>}
          <button type="submit" className="btn primary" aria-label="Run" disabled={!runnable || busy !== null}>Run ⏎</button>
        </div>
      </form>
    </Dialog>
  );
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
