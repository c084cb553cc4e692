import type { WireConfig, WireDraft, WireFile, WireHistory, WireSeen, WireSession } from '../api/webchat/wire.ts';
import type { Keep } from './storage.ts';

/** A refused or failed call. `status` 0: no answer came at all. */
export class CallError extends Error {
  readonly status: number;
  readonly retryAfterMs: number | undefined;

  constructor(status: number, detail: string, retryAfterMs?: number) {
    super(detail);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  /** Trying the very same call later may help. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

export interface Client {
  /** True where an earlier visit left a session. */
  hasSession(): boolean;
  config(): Promise<WireConfig>;
  /** Renews the session of an earlier visit, so that it does not run out. */
  renew(): Promise<void>;
  send(draft: WireDraft): Promise<void>;
  history(range: { before?: number }): Promise<WireHistory>;
  seen(body: WireSeen): Promise<void>;
  upload(file: File, onProgress: (share: number) => void, signal: AbortSignal): Promise<WireFile>;
  stream(lastCursor: number | undefined, signal: AbortSignal): Promise<Response>;
  fileUrl(handle: string): string;
  /** Epoch ms by the server's clock. */
  serverNow(): number;
}

/** Speaks to `/webchat/<key>/`. `onNewVisitor` is called when the server did not know the old session: the thread begins anew. */
export function createClient(root: string, keep: Keep, lockName: string, onNewVisitor: () => void): Client {
  let clockOffsetMs = 0;

  async function call(path: string, init: RequestInit = {}): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(root + path, { ...init, credentials: 'omit', referrerPolicy: 'origin' });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new CallError(0, 'No connection');
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }

  /** Two pages of one site that ask at once get one visitor: the second waits and finds the first one's token. */
  async function session(stale?: string): Promise<string> {
    const locks = navigator.locks as LockManager | undefined;
    const ask = async () => {
      const known = keep.get('session');
      if (known !== undefined && known !== stale) return known;
      const response = await call('session', { method: 'POST', body: JSON.stringify({ visitorToken: known }) });
      const answer = (await response.json()) as WireSession;
      clockOffsetMs = answer.now - Date.now();
      keep.set('session', answer.token);
      if (known !== undefined && !answer.returning) {
        keep.remove('visitor');
        onNewVisitor();
      }
      return answer.token;
    };
    return locks === undefined ? ask() : locks.request(lockName, ask);
  }

  /** Calls with the visitor's session; a session the server does not know any more is replaced once. */
  async function asVisitor<T>(work: (token: string) => Promise<T>): Promise<T> {
    const token = await session();
    try {
      return await work(token);
    } catch (error) {
      if (!(error instanceof CallError) || error.status !== 401) throw error;
      return work(await session(token));
    }
  }

  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
  const post = (path: string, body: unknown) =>
    asVisitor((token) =>
      call(path, { method: 'POST', body: JSON.stringify(body), headers: { ...bearer(token), 'Content-Type': 'application/json' } }),
    );

  return {
    hasSession: () => keep.get('session') !== undefined,
    config: async () => (await (await call('config')).json()) as WireConfig,
    async renew() {
      await session(keep.get('session'));
    },
    async send(draft) {
      const visitor = pixelVisitor();
      const isNews = visitor !== undefined && visitor !== keep.get('visitor');
      await post('messages', isNews ? { ...draft, visitor } : draft);
      if (isNews) keep.set('visitor', visitor);
    },
    async history({ before }) {
      const query = before === undefined ? '' : `?before=${before}`;
      return asVisitor(async (token) => (await (await call(`messages${query}`, { headers: bearer(token) })).json()) as WireHistory);
    },
    async seen(body) {
      await post('seen', body);
    },
    upload: (file, onProgress, signal) => asVisitor((token) => upload(`${root}files`, token, file, onProgress, signal)),
    stream: (lastCursor, signal) =>
      asVisitor((token) =>
        call('stream', {
          signal,
          headers: { ...bearer(token), ...(lastCursor === undefined ? {} : { 'Last-Event-ID': String(lastCursor) }) },
        }),
      ),
    fileUrl: (handle) => `${root}files/${handle}`,
    serverNow: () => Date.now() + clockOffsetMs,
  };
}

async function refusal(response: Response): Promise<CallError> {
  const retryAfter = Number(response.headers.get('Retry-After'));
  const body: unknown = await response.json().catch(() => undefined);
  const detail = typeof body === 'object' && body !== null && 'detail' in body ? String(body.detail) : `HTTP ${response.status}`;
  return new CallError(response.status, detail, retryAfter > 0 ? retryAfter * 1000 : undefined);
}

/** XMLHttpRequest, since fetch cannot tell how much of an upload has gone. */
function upload(url: string, token: string, file: File, onProgress: (share: number) => void, signal: AbortSignal): Promise<WireFile> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.set('file', file);
    request.open('POST', url);
    request.setRequestHeader('Authorization', `Bearer ${token}`);
    request.upload.onprogress = (event) => onProgress(event.lengthComputable ? event.loaded / event.total : 0);
    request.onerror = () => reject(new CallError(0, 'No connection'));
    request.onload = () => {
      if (request.status === 201) resolve(JSON.parse(request.responseText) as WireFile);
      else reject(new CallError(request.status, `HTTP ${request.status}`));
    };
    signal.addEventListener('abort', () => {
      request.abort();
      reject(new DOMException('Removed by the visitor', 'AbortError'));
    });
    request.send(form);
  });
}

/** The id under which the pixel knows this browser: whoever looked around the site before writing is recognised by it. */
function pixelVisitor(): string | undefined {
  const { beseda } = window as { beseda?: { visitor?: () => unknown } };
  const id = beseda?.visitor?.();
  return typeof id === 'string' ? id : undefined;
}
