import { learnServerTime } from '../lib/use-now.ts';

/** What the API says when it refuses (problem+json). `status` 0: no answer came at all. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    super(typeof body.detail === 'string' && body.detail !== '' ? body.detail : String(body.title ?? status));
    this.status = status;
    this.code = typeof body.code === 'string' ? body.code : '';
    this.body = body;
  }
}

let onSignedOut = () => {};

/** What the page does when the session is over; set once by the shell. */
export function whenSignedOut(action: () => void): void {
  onSignedOut = action;
}

interface Options {
  query?: Record<string, string | number | boolean | undefined>;
  /** JSON, its text or its bytes, or a form with files. */
  body?: unknown;
  /** Goes with every order, so that a repeat after a lost answer changes nothing. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

function address(path: string, query: Options['query']): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined && value !== '') search.set(name, String(value));
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** One call of our own API. Throws ApiProblem, also when nothing could be reached. */
export async function call<Answer>(method: string, path: string, options: Options = {}): Promise<Answer> {
  const { body, idempotencyKey, query, signal } = options;
  const isForm = body instanceof FormData;
  let response: Response;
  try {
    response = await fetch(address(path, query), {
      method,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: isForm || body instanceof Blob || typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem(0, { code: 'unreachable' });
  }
  const date = Date.parse(response.headers.get('date') ?? '');
  if (!Number.isNaN(date)) learnServerTime(date);
  if (response.status === 204) return undefined as Answer;
  const text = await response.text();
  const json = parse(text);
  if (response.ok) return json as Answer;
  if (response.status === 401) onSignedOut();
  throw new ApiProblem(
    response.status,
    typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : { title: response.statusText },
  );
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An upload that tells how far it is (0–1), which `fetch` cannot. */
export function upload<Answer>(
  path: string,
  file: Blob,
  name: string,
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.upload.onprogress = (event) => progress(event.lengthComputable ? event.loaded / event.total : 0);
    request.onerror = () => reject(new ApiProblem(0, { code: 'unreachable' }));
    request.onabort = () => reject(new DOMException('The upload was cancelled', 'AbortError'));
    request.onload = () => {
      const json = parse(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(json as Answer);
      else reject(new ApiProblem(request.status, (json ?? { title: request.statusText }) as Record<string, unknown>));
    };
    signal.addEventListener('abort', () => request.abort());
    const form = new FormData();
    form.append('file', file, name);
    request.send(form);
  });
}
