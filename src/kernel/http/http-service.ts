import { OfdFlag, OfdKind } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { Authority, HttpClient, HttpRequest, HttpResponse } from '../contract/index.ts';
import type { Descriptors, ProcessRecord, Pump } from '../process/index.ts';
import { Budget } from './budget.ts';
import { nextHop } from './redirect.ts';
import { httpError, parseRequest } from './request.ts';
import { ResponseStream } from './response-stream.ts';
import { checkHost, parseTarget } from './target.ts';

export interface HttpServiceOptions {
  authority: Authority;
  client: HttpClient;
  descriptors: Descriptors;
  /** Whether this process has not ended. */
  isAlive(process: ProcessRecord): boolean;
  /** To be moved whenever the kernel's bell rang. */
  attach(pump: Pump): void;
}

/** Redirects that one request follows, at most, where the host tells where they lead. */
const HOPS_MAX = 5;

/** Requests of processes to the outside, each by the decision path. Rules: SPEC.md. */
export class HttpService {
  readonly #options: HttpServiceOptions;
  readonly #budget = new Budget();

  constructor(options: HttpServiceOptions) {
    this.#options = options;
  }

  /** The process has ended. */
  forget(pid: number): void {
    this.#budget.forget(pid);
  }

  /** Streams that are open. */
  get open(): number {
    return this.#budget.open;
  }

  /**
   * An open file description of the response, before there is one: what fails on the way is told by reading it.
   * @throws FsError EINVAL, EPERM, E2BIG as the request is; EDQUOT, ENOMEM, ENFILE; what `Authority.require` throws; ESRCH
   */
  async request(process: ProcessRecord, message: Uint8Array): Promise<number> {
    const { method, target, host, headers, body } = parseRequest(message);
    const parsed = parseTarget(target);
    checkHost(host, parsed);
    const { url } = parsed;
    this.#budget.count(process.pid, 0);
    await this.#options.authority.require(process.pid, { kind: 'http', method, url });
    if (!this.#options.isAlive(process)) throw new FsError('ESRCH', 'http', undefined, { detail: 'the process has ended' });
    return this.#start(process.pid, { method, url, headers, ...(body.length > 0 && { body }) });
  }

  #start(pid: number, request: HttpRequest): number {
    const { descriptors, attach } = this.#options;
    const release = this.#budget.take(pid, request.body?.length ?? 0);
    const abort = new AbortController();
    const watched: { dispose(): void }[] = [];
    let stream: ResponseStream;
    try {
      stream = new ResponseStream(descriptors.arena, {
        abort: () => abort.abort(),
        count: (bytes) => this.#budget.count(pid, bytes),
        onClosed: () => {
          for (const watch of watched.splice(0)) watch.dispose();
          release();
        },
      });
    } catch (error) {
      release();
      throw error;
    }
    try {
      return descriptors.create(OfdKind.PIPE_READ, stream.ring, OfdFlag.READ);
    } finally {
      stream.watch();
      if (!stream.done) {
        attach(stream);
        void this.#exchange(pid, request, stream, abort.signal, watched);
      }
    }
  }

  /** Never rejects. */
  async #exchange(pid: number, first: HttpRequest, stream: ResponseStream, signal: AbortSignal, watched: { dispose(): void }[]): Promise<void> {
    const { authority, client } = this.#options;
    try {
      let request = first;
      for (let hops = 0; ; hops++) {
        if (hops > 0) await authority.require(pid, { kind: 'http', method: request.method, url: request.url });
        if (signal.aborted) return;
        watched.push(authority.watch(pid, { kind: 'http', method: request.method, url: request.url }, () => stream.revoke()));
        const response = await client.fetch(request, signal);
        const next = this.#checked(request, response, hops);
        if (!next) return stream.respond(request.method, response);
        await response.body?.cancel().catch(() => undefined);
        request = next;
      }
    } catch (error) {
      stream.fail(error instanceof FsError ? error.code : 'EIO');
    }
  }

  /** Where to go on to; null: this is the response. @throws FsError ENOTSUP, ELOOP, EINVAL */
  #checked(request: HttpRequest, response: HttpResponse, hops: number): HttpRequest | null {
    if (response.redirected) {
      void response.body?.cancel().catch(() => undefined);
      throw httpError('ENOTSUP', `${request.url} redirects, and the browser does not tell where to`);
    }
    const next = nextHop(request, response);
    if (next && hops === HOPS_MAX) throw httpError('ELOOP', `more than ${HOPS_MAX} redirects`);
    return next;
  }
}
