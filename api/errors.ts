/** Every refusal of the API, mapped to a status in one table and answered as problem+json. */
import type { Context } from 'hono';
import type { ProblemView } from './contract/common.ts';

export const statuses = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  origin_refused: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  already_running: 409,
  answered_since: 409,
  too_large: 413,
  type_refused: 415,
  invalid: 422,
  unpublishable: 422,
  channel_refused: 422,
  unreachable: 422,
  window_closed: 422,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof statuses;

const titles: Record<ErrorCode, string> = {
  bad_request: 'The request cannot be read',
  unauthorized: 'Sign in or send a valid token',
  forbidden: 'Your role does not allow this',
  origin_refused: 'The request came from another site',
  not_found: 'Not found',
  method_not_allowed: 'This address has no such method',
  conflict: 'It stands in the way of something that exists',
  already_running: 'This bot already runs here',
  answered_since: 'A colleague has answered since',
  too_large: 'Too large',
  type_refused: 'This type of file is not taken',
  invalid: 'Some fields are wrong',
  unpublishable: 'The bot has problems',
  channel_refused: 'The messenger refused',
  unreachable: 'The client cannot be reached',
  window_closed: 'The messenger takes only an approved template here',
  rate_limited: 'Too many requests',
  internal: 'Something went wrong on our side',
  unavailable: 'A part of the system is away: try again',
};

interface Details {
  fields?: { field: string; message: string }[];
  data?: Record<string, unknown>;
  retryAfterSeconds?: number;
  cause?: unknown;
}

/** Refuses a request. `message` is read by people: it names what is wrong and the remedy, nothing internal. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly details: Details;

  constructor(code: ErrorCode, message: string, details: Details = {}) {
    super(message, { cause: details.cause });
    this.name = 'ApiError';
    this.code = code;
    this.details = details;
  }
}

/** One field is wrong. */
export const wrongField = (field: string, message: string) =>
  new ApiError('invalid', `${field}: ${message}`, { fields: [{ field, message }] });

export function answerProblem(c: Context, error: ApiError, requestId: string): Response {
  const status = statuses[error.code];
  const { fields, data, retryAfterSeconds } = error.details;
  const body: ProblemView = {
    title: titles[error.code],
    status,
    detail: error.message,
    code: error.code,
    requestId,
    ...(fields === undefined ? {} : { fields }),
    ...(data === undefined ? {} : { data }),
  };
  const retry = retryAfterSeconds ?? (error.code === 'unavailable' ? 2 : undefined);
  if (retry !== undefined) c.header('Retry-After', String(Math.ceil(retry)));
  // The rest of such a body is not read: the connection cannot serve another request.
  if (error.code === 'too_large') c.header('Connection', 'close');
  c.header('Content-Type', 'application/problem+json; charset=utf-8');
  c.header('Cache-Control', 'no-store');
  return c.body(JSON.stringify(body), status);
}
