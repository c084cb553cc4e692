import type { Context } from 'hono';

/** A refusal in the chats API's own shape. `words` are for the integration's author: what is wrong and the remedy. */
export class ChatsApiError extends Error {
  readonly status: 400 | 403 | 404 | 413 | 500 | 503;
  readonly code: string;

  constructor(status: ChatsApiError['status'], code: string, words: string, options: { cause?: unknown } = {}) {
    super(words, options);
    this.name = 'ChatsApiError';
    this.status = status;
    this.code = code;
  }
}

export const badRequest = (words: string) => new ChatsApiError(400, 'BAD_REQUEST', words);
export const notFound = (words: string) => new ChatsApiError(404, 'NOT_FOUND', words);

export function answerRefusal(c: Context, error: ChatsApiError): Response {
  if (error.status === 503) c.header('Retry-After', '2');
  return c.json({ error_code: error.status, error_type: error.code, error_description: error.message }, error.status);
}
