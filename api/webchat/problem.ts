import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

const titles = {
  bad_request: [400, 'The request is not as it should be'],
  unauthorized: [401, 'No valid visitor session'],
  origin_refused: [403, 'This site may not use the chat'],
  not_found: [404, 'Not found'],
  too_large: [413, 'Too large'],
  type_refused: [415, 'This kind of file is not taken'],
  rate_limited: [429, 'Too many requests'],
  unavailable: [503, 'The message could not be taken now'],
} as const satisfies Record<string, readonly [ContentfulStatusCode, string]>;

export type ProblemCode = keyof typeof titles;

/** A refusal on purpose: its detail names the field and the remedy and is shown to the caller. */
export class WebchatProblem extends Error {
  readonly code: ProblemCode;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ProblemCode, detail: string, options: { retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(detail, { cause: options.cause });
    this.name = 'WebchatProblem';
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Answers with `application/problem+json`. */
export function answerProblem(c: Context, problem: WebchatProblem): Response {
  const [status, title] = titles[problem.code];
  if (problem.retryAfterSeconds !== undefined) c.header('Retry-After', String(Math.max(1, Math.ceil(problem.retryAfterSeconds))));
  c.header('Content-Type', 'application/problem+json');
  return c.body(
    JSON.stringify({ type: 'about:blank', title, status, detail: problem.message, code: problem.code, requestId: c.get('requestId') }),
    status,
  );
}
