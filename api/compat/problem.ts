import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type ApiError, statuses } from '../errors.ts';

/** One line of the vendor's `validation-errors`; `code` is one of the vendor's words (NotBlank, InvalidType, TooLow, NotSupportedChoice…). */
export interface FieldProblem {
  code: 'NotBlank' | 'InvalidType' | 'TooLow' | 'TooHigh' | 'TooFew' | 'TooMany' | 'NotSupportedChoice' | 'FieldMissing';
  path: string;
  detail: string;
}

const titles: Partial<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};

/** A refusal in the vendor's shape: problem+json, with `validation-errors` where fields of a request are wrong. */
export class CompatProblem extends Error {
  readonly status: ContentfulStatusCode;
  /** One entry for each request of a batch that has errors. */
  readonly fields: { request: number; errors: FieldProblem[] }[];

  constructor(status: ContentfulStatusCode, detail: string, fields: CompatProblem['fields'] = []) {
    super(detail);
    this.name = 'CompatProblem';
    this.status = status;
    this.fields = fields;
  }
}

/** A request with wrong fields (400). */
export const invalid = (errors: FieldProblem[], request = 0) => new CompatProblem(400, 'Request validation failed', [{ request, errors }]);

export const notFound = (what: string) => new CompatProblem(404, `${what} not found`);

/** The same for a refusal of the other parts of the API, so that a caller of these paths meets one shape. */
export function fromApiError(error: ApiError): CompatProblem {
  const errors = (error.details.fields ?? []).map(({ field, message }) => ({ code: 'InvalidType' as const, path: field, detail: message }));
  return new CompatProblem(statuses[error.code], error.message, errors.length === 0 ? [] : [{ request: 0, errors }]);
}

/** Answers a refusal; `type` names the status as the vendor's answers do. */
export function problemAnswer(c: Context, problem: CompatProblem): Response {
  const validation = problem.fields.map(({ request, errors }) => ({ request_id: String(request), errors }));
  const body = {
    ...(validation.length === 0 ? {} : { 'validation-errors': validation }),
    title: titles[problem.status] ?? 'Error',
    type: `https://httpstatus.es/${problem.status}`,
    status: problem.status,
    detail: problem.message,
  };
  return c.body(JSON.stringify(body), problem.status, { 'Content-Type': 'application/problem+json' });
}
