import { useEffect, useState, type ReactElement } from 'react';
import { judge, producerText } from '../inspector/index.ts';
import { SafeText, formatBytes, formatCount, visibleName } from '../kit/index.ts';
import { ReaderState, useReader, type Calls, type ReaderKind } from '../reader/index.ts';
import { startWasmReader, type ModuleSummary, type Opened, type ScanSummary, type WasmApi } from '../wasm/index.ts';
import { ComponentReport } from './ComponentReport.tsx';
import { ExportsTab } from './ExportsTab.tsx';
import { FunctionsTab } from './FunctionsTab.tsx';
import { ImportsTab } from './ImportsTab.tsx';
import { Overview } from './Overview.tsx';
import { SectionsTab } from './SectionsTab.tsx';
import { SizesTab } from './SizesTab.tsx';
import { parsedOf } from './parsed-of.ts';
import { TabBar } from './TabBar.tsx';
import './module.css';

const KIND: ReaderKind<WasmApi, Opened> = { start: startWasmReader, open: (calls, bytes) => calls.open(bytes) };

type TabId = 'overview' | 'imports' | 'exports' | 'sections' | 'functions' | 'sizes';

interface ModuleInspectorProps {
  path: string;
  size: number;
  version: number;
}

/** Everything that stands in a WebAssembly binary. It is read and taken apart in a worker of its own, so that the page stays quick whatever the file holds. */
export function ModuleInspector({ path, size, version }: ModuleInspectorProps): ReactElement {
  const loading = useReader(KIND, path, size, version);
  if (loading.state !== 'open') return <ReaderState loading={loading} path={path} opening="Taking it apart…" />;
  const { opened, calls } = loading;
  if (opened.kind === 'component') return <ComponentReport facts={opened.component} size={opened.size} />;
  if (opened.kind === 'other') return <div className="empty" role="status">This is no WebAssembly binary.</div>;
  return <Inspected module={opened} calls={calls} />;
}

function Inspected({ module, calls }: { module: ModuleSummary; calls: Calls<WasmApi> }): ReactElement {
  const [tab, setTab] = useState<TabId>('overview');
  const [func, setFunc] = useState<number | null>(null);
  const scan = useScan(calls);
  const goTo = (index: number): void => {
    setFunc(index);
    setTab('functions');
  };
  const tabs = [
    { id: 'overview', title: 'Overview' },
    { id: 'imports', title: 'Imports', note: formatCount(module.imports.total) },
    { id: 'exports', title: 'Exports', note: formatCount(module.exports.total) },
    { id: 'sections', title: 'Sections', note: formatCount(module.sections.total) },
    { id: 'functions', title: 'Functions', note: formatCount(module.functions) },
    { id: 'sizes', title: 'Sizes' },
  ] as const;
  return (
    <div className="inspect">
      <Title module={module} calls={calls} />
      <TabBar label="Parts of the module" tabs={tabs} active={tab} onChange={setTab} />
      <div id={`inspect-${tab}`} role="tabpanel" aria-labelledby={`tab-${tab}`} className="inspect-panel" tabIndex={0}>
        {tab === 'overview' && <Overview module={module} scan={scan} />}
        {tab === 'imports' && <ImportsTab module={module} />}
        {tab === 'exports' && <ExportsTab module={module} onFunction={goTo} />}
        {tab === 'sections' && <SectionsTab module={module} />}
        {tab === 'functions' && <FunctionsTab module={module} calls={calls} selected={func} onSelect={setFunc} />}
        {tab === 'sizes' && <SizesTab calls={calls} onFunction={goTo} />}
      </div>
    </div>
  );
}

function Title({ module, calls }: { module: ModuleSummary; calls: Calls<WasmApi> }): ReactElement {
  const parsed = parsedOf(module);
  const producer = parsed.format === 'module' ? producerText(parsed.info) : null;
  const [hash, setHash] = useState<string | null>(null);
  useEffect(() => {
    // The hash is a courtesy: where it cannot be had the line goes without it.
    calls.hash().then(setHash, () => undefined);
  }, [calls]);
  return (
    <p className="inspect-title">
      <b>{judge(parsed).title}</b>
      {module.moduleName !== null && <SafeText text={module.moduleName} max={60} />}
      {producer !== null && <span>{visibleName(producer)}</span>}
      <span>{formatBytes(module.size)}</span>
      {hash !== null && <code title={`BLAKE3 ${hash}`}>blake3 {hash.slice(0, 4)}…{hash.slice(-4)}</code>}
    </p>
  );
}

/** What all instructions tell; null until they have been gone through. */
function useScan(calls: Calls<WasmApi>): ScanSummary | null {
  const [scan, setScan] = useState<ScanSummary | null>(null);
  useEffect(() => {
    let gone = false;
    calls.scan().then((found) => {
      if (!gone) setScan(found);
    }, () => undefined);
    return () => {
      gone = true;
    };
  }, [calls]);
  return scan;
}
