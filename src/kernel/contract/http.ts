/** A request as the kernel makes it, checked. No cookies, credentials or referrer go with it, and redirects are not followed. */
export interface HttpRequest {
  method: string;
  url: string;
  headers: [name: string, value: string][];
  body?: Uint8Array;
}

export interface HttpResponse {
  status: number;
  statusText: string;
  headers: [name: string, value: string][];
  /** Null: there is none. */
  body: ReadableStream<Uint8Array> | null;
  /** The browser followed a redirect, or hides one: `url` is where it led, if that is known. */
  url?: string;
  redirected: boolean;
}

/** The network, as the host gives it. Rejects with FsError EHOSTUNREACH, ECANCELED. */
export interface HttpClient {
  fetch(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>;
}
