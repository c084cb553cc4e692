/** Small words for describing routes, so that each route's file says only what is its own. */
import { OpenAPIHono, z } from '@hono/zod-openapi';
import { accepted, problem } from './contract/common.ts';
import type { Env } from './deps.ts';
import { ApiError } from './errors.ts';

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

const refused = { description: 'Refused: see `code`, `detail` and `fields`', content: { 'application/problem+json': { schema: problem } } };

/** Refusals that every route may answer with. */
export const refusals = { 400: refused, 401: refused, 403: refused, 404: refused, 409: refused, 422: refused, 503: refused } as const;

/** Answers of a route: what it gives, and the refusals. */
export const answers = <Schema extends z.ZodType>(schema: Schema, description = 'Done') => ({
  200: json(schema, description),
  ...refusals,
});
export const makes = <Schema extends z.ZodType>(schema: Schema, description = 'Made') => ({ 201: json(schema, description), ...refusals });
/** An order to a workflow: answered, or certain to be carried out. */
export const ordered = <Schema extends z.ZodType>(schema: Schema) => ({
  200: json(schema, 'Carried out'),
  202: json(accepted, 'Certain to be carried out; repeat with the same Idempotency-Key to learn the outcome'),
  ...refusals,
});
/** Of routes that take files. */
export const bounded = { 413: refused } as const;
/** Of routes that count tries (api/limiter.ts). */
export const limited = { 429: refused } as const;
export const nothing = { 204: { description: 'Done' }, ...refusals } as const;

export const takes = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: true, content: { 'application/json': { schema } } },
});
/** A JSON body that may be left out. */
export const mayTake = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: false, content: { 'application/json': { schema } } },
});

/** A router whose input errors name the field and the remedy. */
export function router() {
  return new OpenAPIHono<Env>({
    defaultHook: (result) => {
      if (!result.success) throw invalid(result.error);
    },
  });
}

/** Every issue with the path of its field. */
export function invalid(error: { issues: readonly { path: PropertyKey[]; message: string }[] }): ApiError {
  const fields = error.issues.map(({ path, message }) => ({ field: path.map(String).join('.') || 'body', message }));
  return new ApiError('invalid', fields.map(({ field, message }) => `${field}: ${message}`).join('; '), { fields });
}

export { z };
