import type { ReactElement } from 'react';
import { CircleAlert, CircleCheck, CircleX } from 'lucide-react';
import { Abilities, judge } from '../inspector/index.ts';
import { SafeText, formatBytes, formatCount, plural } from '../kit/index.ts';
import { FEATURES, type MemoryFacts, type ModuleSummary, type ScanSummary } from '../wasm/index.ts';
import { parsedOf } from './parsed-of.ts';
import { reasonsOf, type Reason } from './reasons.ts';

/** Why it runs here or does not, what it asks for, and its facts. */
export function Overview({ module, scan }: { module: ModuleSummary; scan: ScanSummary | null }): ReactElement {
  const parsed = parsedOf(module);
  return (
    <div className="overview">
      <div className="overview-column">
        <Reasons module={module} scan={scan} />
        {parsed.format === 'module' && <Abilities info={parsed.info} />}
      </div>
      <div className="overview-column"><Facts module={module} scan={scan} /></div>
    </div>
  );
}

function Reasons({ module, scan }: { module: ModuleSummary; scan: ScanSummary | null }): ReactElement {
  const verdict = judge(parsedOf(module));
  const missing = module.imports.items.filter(({ kind }) => kind !== 'function' && kind !== 'memory').map(({ module: from, name, kind }) => `${from}.${name} (${kind})`);
  const reasons = reasonsOf({
    memories: module.memories.items, start: module.start, exports: module.exports.items, imports: module.imports.total, stubbed: verdict.stubbed ?? [], missing,
    truncated: module.truncated?.message ?? null, faults: module.faults.items.map(({ section, message, offset }) => `${section} section, byte ${offset}: ${message}`),
    features: scan && scan.features.map(({ id, supported }) => ({ title: FEATURES[id], supported })), refused: scan?.refused ?? null,
  });
  const runs = verdict.runnable && reasons.every(({ state }) => state !== 'bad');
  return (
    <section aria-label="Whether it runs here">
      <h3>{runs ? 'It runs here, because' : 'It cannot run here, because'}</h3>
      <ul className="reasons">{reasons.filter(({ state }) => runs || state !== 'good').map((reason) => <ReasonRow key={reason.title} reason={reason} />)}</ul>
      {verdict.advice !== null && <p className="advice"><SafeText text={verdict.advice} max={600} /></p>}
      {scan === null && <p className="quiet" role="status">Looking at its instructions…</p>}
    </section>
  );
}

const ICONS = { good: CircleCheck, remark: CircleAlert, bad: CircleX };
const WORDS = { good: 'good', remark: 'remark', bad: 'in the way' };

function ReasonRow({ reason: { state, title, detail } }: { reason: Reason }): ReactElement {
  const Icon = ICONS[state];
  return (
    <li className={`reason-${state}`}>
      <Icon size={15} aria-hidden="true" /><span className="hidden-text">{WORDS[state]}: </span>
      <span><b>{title}</b> <SafeText text={detail} max={400} /></span>
    </li>
  );
}

function memoryText({ min, max, shared, is64, imported, pageSize }: MemoryFacts): string {
  const bytes = (pages: bigint): string => `${formatCount(Number(pages))} ${pages === 1n ? 'page' : 'pages'}, ${formatBytes(Number(pages) * pageSize)}`;
  return [bytes(min), max === null ? 'no limit of its own' : `at most ${bytes(max)}`, shared && 'shared', is64 && '64-bit', imported && 'imported'].filter(Boolean).join(' · ');
}

const SHOWN = 6;

/** The thin spaces of our own figures would be taken for something that hides. */
const groupedBySpaces = (text: string): string => text.replace(/(?<=\d)\u202f(?=\d{3})/g, ' ');

function Facts({ module, scan }: { module: ModuleSummary; scan: ScanSummary | null }): ReactElement {
  const { memories, tables, globals, data } = module;
  const rows: [string, (string | null)[]][] = [
    ['Memory', memories.total === 0 ? ['none'] : memories.items.slice(0, SHOWN).map(memoryText)],
    ['Tables', tables.items.slice(0, SHOWN).map(({ type, min, max, imported }) => `${formatCount(Number(min))} × ${type}${max === null ? '' : `, at most ${formatCount(Number(max))}`}${imported ? ' · imported' : ''}`)],
    ['Functions', [`${formatCount(module.functions)} of its own, ${formatCount(module.importedFunctions)} imported${scan ? ` · ${plural(scan.instructions, 'instruction')}` : ''}`]],
    ['Globals', globals.items.slice(0, SHOWN).map(({ index, type, mutable, initial }) => `${index}: ${mutable ? 'mut ' : ''}${type}${initial === null ? ' · imported' : ` = ${initial}`}`).concat(globals.total > SHOWN ? [`and ${globals.total - SHOWN} more`] : [])],
    ['Data', data.total === 0 ? [] : [`${plural(data.total, 'segment')}, ${formatBytes(data.items.reduce((sum, { size }) => sum + size, 0))}${data.total > data.items.length ? ' and more' : ''}`]],
    ['Elements', module.elements === 0 ? [] : [plural(module.elements, 'segment')]],
    ['Start', module.start === null ? [] : [`function ${module.start} runs by itself`]],
    ['Made with', module.producers.flatMap(({ field, values }) => values.map(({ name, version }) => `${name} ${version} (${field})`))],
    ['Names', [module.named === 0 ? 'none: functions are shown by number' : `of ${plural(module.named, 'function')}`, ...module.nameRemarks]],
    ['Debugging', [module.debugBytes > 0 ? `DWARF, ${formatBytes(module.debugBytes)}` : null, module.externalDebug && `in ${module.externalDebug}`, module.sourceMap && `source map ${module.sourceMap}`]],
    ['Build id', [module.buildId]],
    ['Linking', [module.linking && (module.linking === 'linking' ? 'not linked yet: an object file' : `${module.linking}: a library that another module loads`)]],
    ['Component', module.componentTypes.map((name) => `${name}: to be wrapped into a component`)],
    ['Target', module.features.length > 0 ? [module.features.join(' ')] : []],
    ['Uses', scan ? [scan.features.map(({ id }) => FEATURES[id]).join(', ') || null] : []],
    ['Damaged', scan ? scan.faults.slice(0, SHOWN).map(({ index, message, offset }) => `function ${index}, byte ${offset}: ${message}`) : []],
  ];
  return (
    <section aria-label="Facts">
      <h3>Facts</h3>
      <dl className="facts">
        {rows.map(([name, texts]) => [name, texts.filter((text) => text !== null && text !== '')] as const).filter(([, texts]) => texts.length > 0).map(([name, texts]) => (
          <div key={name}><dt>{name}</dt><dd>{texts.map((text, at) => <div key={at}><SafeText text={groupedBySpaces(text!)} /></div>)}</dd></div>
        ))}
      </dl>
    </section>
  );
}
