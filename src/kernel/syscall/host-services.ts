import type { HttpService } from '../http/index.ts';
import type { GuestKv } from '../kv/index.ts';
import type { HostHandlers } from './host-calls.ts';
import type { HostSpawn } from './host-spawn.ts';

/** What the calls behind the host ABI are answered from; what is absent is ENOSYS. */
export interface HostServices {
  http?: HttpService | undefined;
  kv?: GuestKv | undefined;
  spawn?: HostSpawn | undefined;
  /** Those that others answer: about authority and tokens. */
  others?: HostHandlers;
}

/** The one table of who answers which call. */
export function hostHandlers({ http, kv, spawn, others = {} }: HostServices): HostHandlers {
  return {
    ...(http && { http: async (process, _request, data) => ({ value: await http.request(process, data) }) } satisfies HostHandlers),
    ...(kv && kvHandlers(kv)),
    ...(spawn && { 'host-spawn': async (process, request) => ({ value: await spawn.start(process, request) }) } satisfies HostHandlers),
    ...others,
  };
}

function kvHandlers(kv: GuestKv): HostHandlers {
  return {
    'kv-get': (process, { namespace, key, from }) => kv.get(process, namespace, key, from),
    'kv-has': (process, { namespace, key }) => kv.has(process, namespace, key),
    'kv-write': (process, { namespace, durable }, records) => kv.write(process, namespace, records, durable !== false),
    'kv-scan': (process, request) => kv.scan(process, request.namespace, request),
  };
}
