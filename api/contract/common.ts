/** Shapes that many routes share. Instants are epoch milliseconds; cursors are opaque; absent things are null, so that a field never vanishes. */
import { z } from '@hono/zod-openapi';

/** The end of the year 9999: what PostgreSQL, JavaScript and every form of a date can all hold. */
const LAST_INSTANT = 253_402_300_799_999;
export const instant = z.number().int().min(0).max(LAST_INSTANT).openapi({ description: 'Epoch milliseconds', example: 1_795_000_000_000 });
export const instantInQuery = z.coerce.number().int().min(0).max(LAST_INSTANT).openapi({ description: 'Epoch milliseconds' });
export const id = z.number().int().positive();
export const named = z.object({ id, name: z.string() }).openapi('Named');
export type Named = z.infer<typeof named>;

/** One page of a list. `nextCursor` null: nothing follows. */
export const pageOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export const pageQuery = z.object({
  cursor: z
    .string()
    .regex(/^[\w-]{1,2000}$/, 'must be nextCursor of the page before')
    .optional()
    .openapi({ description: 'nextCursor of the page before' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** Whole numbers from a query such as `channel=1,2`. */
export const idsInQuery = z
  .string()
  .regex(/^\d{1,15}(,\d{1,15})*$/, 'must be ids separated by commas')
  .transform((text) => text.split(',').map(Number));

export const idInPath = z.object({ id: z.coerce.number().int().positive() });
export const uuidInPath = z.object({ id: z.uuid() });

/** Who wrote or did something. `id` is a user's or a bot's id, null for the client and the system. */
export const author = z
  .object({ kind: z.enum(['user', 'bot', 'client', 'system']), id: id.nullable(), name: z.string().nullable() })
  .openapi('Author');
export type AuthorView = z.infer<typeof author>;

/** Every error, as `application/problem+json`. `fields` names what was wrong in the input, with the remedy. */
export const problem = z
  .object({
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    requestId: z.string(),
    fields: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    /** More for some codes: `problems` of a scenario, `runId` of a bot that already runs. */
    data: z.record(z.string(), z.unknown()).optional(),
  })
  .openapi('Problem');
export type ProblemView = z.infer<typeof problem>;

/** The order is certain to be carried out, but its outcome is not known yet (202). Repeat with the same Idempotency-Key to learn it. */
export const accepted = z.object({ accepted: z.literal(true), idempotencyKey: z.string() }).openapi('Accepted');
export type Accepted = z.infer<typeof accepted>;
