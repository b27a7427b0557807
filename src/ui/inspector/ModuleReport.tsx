import { useEffect, useState, type ReactElement } from 'react';
import { Check, Minus, TriangleAlert } from 'lucide-react';
import { formatBytes, formatCount, plural, visibleName } from '../kit/index.ts';
import { abilities, judge, producerText, unknownImports } from './verdict.ts';
import type { MemoryLimits, ModuleInfo, ParsedModule } from './wasm-module.ts';
import './inspector.css';

interface ModuleReportProps {
  parsed: ParsedModule;
  bytes: Uint8Array;
  /** Shows the raw lists at once rather than on demand. */
  open?: boolean;
}

/** What a module is, what it asks for in plain words, and its raw imports, exports and sections. */
export function ModuleReport({ parsed, bytes, open = false }: ModuleReportProps): ReactElement {
  const verdict = judge(parsed);
  return (
    <div className="report">
      {open && <p className="report-line"><ModuleLine parsed={parsed} bytes={bytes} /></p>}
      {verdict.advice && <p className="note" role="alert"><TriangleAlert size={14} aria-hidden="true" /> <span><b>{verdict.runnable ? '' : 'It cannot run here. '}</b>{verdict.advice}</span></p>}
      {parsed.format === 'module' && <Facts info={parsed.info} open={open} />}
    </div>
  );
}

/** `WASI preview 1 command · Rust 1.96 · 88 KB · blake3 7c1f…9e04`. */
export function ModuleLine({ parsed, bytes }: { parsed: ParsedModule; bytes: Uint8Array }): ReactElement {
  const hash = useHash(bytes);
  const producer = parsed.format === 'module' ? producerText(parsed.info) : null;
  return (
    <>
      {judge(parsed).title}{producer && ` · ${visibleName(producer)}`} · {formatBytes(bytes.length)}
      {hash && <> · <code title={`BLAKE3 ${hash}`}>blake3 {hash.slice(0, 4)}…{hash.slice(-4)}</code></>}
    </>
  );
}

function useHash(bytes: Uint8Array): string | null {
  const [hash, setHash] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    // The hash is a courtesy: where its module cannot be loaded the line goes without it.
    import('hash-wasm').then(({ blake3 }) => blake3(bytes)).then((value) => {
      if (!gone) setHash(value);
    }, () => undefined);
    return () => {
      gone = true;
    };
  }, [bytes]);
  return hash;
}

const PAGE = 65536;

function memoryText({ min, max, shared, imported }: MemoryLimits): string {
  const limit = max === null ? 'no limit of its own (at most 4 GB)' : `at most ${formatBytes(Number(max) * PAGE)}`;
  return `${formatBytes(Number(min) * PAGE)} at start, ${limit}${shared ? ', shared' : ''}${imported ? ', imported' : ''}`;
}

function Facts({ info, open }: { info: ModuleInfo; open: boolean }): ReactElement {
  return (
    <>
      <Abilities info={info} />
      <p className="memory"><b>Memory</b> {info.memories.length === 0 ? 'none' : info.memories.slice(0, 4).map(memoryText).join('; ')}</p>
      <RawList title={plural(info.imports.length, 'import')} open={open} items={info.imports.map(({ module, name, kind }) => `${module}.${name}${kind === 'function' ? '' : ` (${kind})`}`)} marked={new Set(unknownImports(info))} />
      <RawList title={plural(info.exports.length, 'export')} open={open} items={info.exports.map(({ name, kind }) => `${name} (${kind})`)} />
      <RawList title={`${plural(info.sections.length, 'section')}, ${plural(info.functions, 'function')}`} open={false} items={info.sections.map(({ name, size }) => `${name} · ${formatCount(size)} bytes`)} />
    </>
  );
}

/** What its imports amount to, in plain words. */
export function Abilities({ info }: { info: ModuleInfo }): ReactElement {
  return (
    <section aria-label="It asks to">
      <h3>It asks to</h3>
      <ul className="abilities">
        {abilities(info).map(({ id, text, asked }) => (
          <li key={id} className={asked ? 'asked' : ''}>
            {asked ? <Check size={14} aria-hidden="true" /> : <Minus size={14} aria-hidden="true" />}
            <span>{text}</span><span className="ability-note">{asked ? 'imported' : 'not imported'}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const LISTED_MAX = 500;

function RawList({ title, items, open, marked }: { title: string; items: string[]; open: boolean; marked?: Set<string> }): ReactElement | null {
  if (items.length === 0) return null;
  return (
    <details className="raw" open={open}>
      <summary>{title}</summary>
      <ul>
        {/* Names may repeat. */}
        {items.slice(0, LISTED_MAX).map((item, index) => <li key={index} className={marked?.has(item) ? 'unknown' : ''}>{visibleName(item)}{marked?.has(item) ? ' · unknown here' : ''}</li>)}
        {items.length > LISTED_MAX && <li>and {items.length - LISTED_MAX} more</li>}
      </ul>
    </details>
  );
}
