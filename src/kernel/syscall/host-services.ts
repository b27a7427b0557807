import { FsError } from '../../shared/base/index.ts';
import type { Authority } from '../contract/index.ts';
import type { HttpService } from '../http/index.ts';
import type { HostHandlers } from './host-calls.ts';

/** What the calls behind the host ABI are answered from; what is absent is ENOSYS. */
export interface HostServices {
  http?: HttpService | undefined;
  /** Those that others answer: about authority and tokens. */
  others?: HostHandlers;
}

/** The one table of who answers which call. */
export function hostHandlers({ http, others = {} }: HostServices): HostHandlers {
  return {
    ...(http && { http: async (process, _request, data) => ({ value: await http.request(process, data) }) } satisfies HostHandlers),
    ...others,
  };
}

/** Grants nothing to anybody: of a kernel that was built without a decision path. */
export const NO_AUTHORITY: Authority = {
  require: (_pid, action) => {
    throw new FsError('ENOTCAPABLE', action.kind, undefined, { detail: 'nobody can grant this here' });
  },
  watch: () => ({ dispose: () => undefined }),
};
