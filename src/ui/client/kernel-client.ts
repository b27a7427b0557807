import type { AuthorityCalls, KernelApi, WorkspaceApi, WorkspaceInfo } from '../../shared/abi/index.ts';
import { DisposableStore, type Disposable } from '../../shared/base/index.ts';
import { connectLink } from '../../shared/link/index.ts';
import { launchKernel, rememberOwner } from '../launch/index.ts';
import { BusClient } from './bus-client.ts';

/** All calls of the window. */
export type WindowApi = KernelApi & WorkspaceApi & AuthorityCalls;

/** The window's handle on the kernel worker. */
export interface KernelClient extends Disposable {
  readonly api: WindowApi;
  readonly bus: BusClient;
  /** Resolves when the kernel serves calls; rejects when it could not start. */
  readonly ready: Promise<WorkspaceInfo>;
  /** Calls `listener` once if the worker itself fails, also when that has happened already. */
  onFailure(listener: (error: Error) => void): void;
}

/** Connects to the kernel's worker, which is started if it was not yet. One per page. */
export function startKernel(): KernelClient {
  const owned = new DisposableStore();
  const { worker, port, failed } = launchKernel();
  owned.defer(() => worker.terminate());
  const link = connectLink<WindowApi>(port);
  owned.add(link);
  const ready = Promise.race([link.api.workspace(true), failed]);
  ready.then(({ mode }) => rememberOwner(mode === 'owner'), () => undefined);
  const bus = new BusClient(link.api);
  owned.add(bus);
  return { api: link.api, bus, ready, onFailure: (listener) => void failed.catch(listener), dispose: () => owned.dispose() };
}
