import type { z } from 'zod';
import { WebchatProblem } from './problem.ts';

const BODY_LIMIT = 64 * 1024;

/** Reads a JSON body of at most 64 KiB, so that nobody fills the memory with one request. An empty body is an empty object. */
export async function readJson(request: Request): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > BODY_LIMIT) throw new WebchatProblem('too_large', `The body may have ${BODY_LIMIT} bytes`);
    chunks.push(chunk);
  }
  if (size === 0) return {};
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw new WebchatProblem('bad_request', 'The body is no JSON', { cause });
  }
}

/** Gives the body its shape; the refusal names the first field that has another one. */
export function parseBody<T>(shape: z.ZodType<T>, value: unknown): T {
  const read = shape.safeParse(value);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new WebchatProblem('bad_request', `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'not as it should be'}`);
}
