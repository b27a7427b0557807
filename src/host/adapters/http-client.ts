import type { HttpClient, HttpRequest, HttpResponse } from '../../kernel/contract/index.ts';
import { FsError } from '../../shared/base/index.ts';

/**
 * The browser's network, with nothing of the page's or its user's: no cookies, no cache, no referrer. A redirect is not followed: in a browser it
 * cannot be seen where it leads before the request has gone there too, with its headers and its body.
 */
export const httpClient: HttpClient = {
  async fetch({ method, url, headers, body }: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const response = await send(url, {
      method, headers: headers.map(([name, value]): [string, string] => [name, value]), ...(body && { body: body as Uint8Array<ArrayBuffer> }), signal,
      mode: 'cors', credentials: 'omit', redirect: 'manual', cache: 'no-store', referrer: '', referrerPolicy: 'no-referrer',
    });
    return {
      status: response.status, statusText: response.statusText, headers: [...response.headers], body: response.body,
      redirected: response.redirected || response.type === 'opaqueredirect',
    };
  },
};

/** Why it failed a browser does not tell: no such host, no answer, a server that does not allow it. */
async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw new FsError('ECANCELED', 'http', undefined, { cause: error });
    throw new FsError('EHOSTUNREACH', 'http', undefined, { cause: error, detail: String(error) });
  }
}
