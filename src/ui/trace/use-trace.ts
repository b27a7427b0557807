import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { CALLS } from '../../shared/trace/index.ts';
import { useApp } from '../app/index.ts';
import type { App } from '../stores/index.ts';
import type { KnownCalls } from './filter.ts';
import { TraceModel, type TraceState } from './trace-model.ts';

const KNOWN: KnownCalls = new Map(CALLS.filter((spec) => spec !== undefined).map(({ name, family }) => [name, family]));

const models = new WeakMap<App, TraceModel>();

/** One of each page: what was looked at stays while another pane is. */
function traceModelOf(app: App): TraceModel {
  let model = models.get(app);
  if (!model) {
    const { api, bus } = app.client;
    model = new TraceModel({
      api, known: KNOWN, now: () => Date.now(), isPrompt: (pid) => app.terminals.getState().list.some((terminal) => terminal.pid === pid),
      listen: (run, take) => bus.subscribe(`trace.${run}`, ({ data }) => take(data as Parameters<typeof take>[0])),
      onProcesses: (changed) => {
        const key = (): string => app.processes.getState().list.map(({ pid, exit }) => (exit ? `${pid}-` : pid)).join();
        let before = key();
        return app.processes.subscribe(() => {
          const now = key();
          if (now === before) return;
          before = now;
          changed();
        });
      },
    });
    models.set(app, model);
  }
  return model;
}

/** The model, read from while the component is mounted. It does what was wished for elsewhere. */
export function useTraceModel(): TraceModel {
  const app = useApp();
  const model = useMemo(() => traceModelOf(app), [app]);
  const wish = useStore(app.trace.store, (state) => state.wish);
  useEffect(() => {
    const taken = app.trace.take();
    if (taken) model.apply(taken);
  }, [app, model, wish]);
  useEffect(() => model.watch(), [model]);
  return model;
}

export function useTrace<T>(model: TraceModel, select: (state: TraceState) => T): T {
  return useStore(model.store, select);
}
