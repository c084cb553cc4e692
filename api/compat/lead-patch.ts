import { z } from 'zod';
import { isRecord } from './answer.ts';
import type { CompatLeadChange } from './model.ts';
import { CompatProblem, type FieldProblem, invalid } from './problem.ts';

/** A change of one lead, read from the vendor's form. */
export interface LeadPatch {
  id: number;
  change: CompatLeadChange;
}

const MOST = 250;
const id = z.number().int().positive();
const shape = z.object({
  id: id.optional(),
  name: z.string().max(255).optional(),
  price: z.number().int().min(0).optional(),
  status_id: id.optional(),
  pipeline_id: id.optional(),
  responsible_user_id: id.optional(),
  _embedded: z
    .object({ tags: z.array(z.object({ id: id.optional(), name: z.string().min(1).max(255) })).nullish() })
    .partial()
    .optional(),
});

/** Reads the body of `PATCH /leads/{id}`; fields the API does not change are ignored, wrong ones are named (400). */
export function readLeadPatch(body: unknown, leadId: number, request = 0): LeadPatch {
  const parsed = shape.safeParse(body);
  if (!parsed.success) throw invalid(parsed.error.issues.map(fieldProblem), request);
  const { name, price, status_id, pipeline_id, responsible_user_id, _embedded } = parsed.data;
  const change: CompatLeadChange = {
    ...(name === undefined ? {} : { name }),
    ...(price === undefined ? {} : { price }),
    ...(status_id === undefined ? {} : { statusId: status_id }),
    ...(pipeline_id === undefined ? {} : { pipelineId: pipeline_id }),
    ...(responsible_user_id === undefined ? {} : { responsibleUserId: responsible_user_id }),
    ...(_embedded?.tags === undefined ? {} : { tags: (_embedded.tags ?? []).map((tag) => tag.name) }),
  };
  return { id: leadId, change };
}

/** Reads the body of `PATCH /leads`: a list whose items name their lead; the errors of all items come together. */
export function readLeadPatches(body: unknown): LeadPatch[] {
  if (!Array.isArray(body) || body.length === 0 || body.length > MOST) {
    throw new CompatProblem(400, `The body should be a list of 1 to ${MOST} leads.`);
  }
  const patches: LeadPatch[] = [];
  const wrong: CompatProblem['fields'] = [];
  for (const [request, item] of body.entries()) {
    const leadId = isRecord(item) ? item.id : undefined;
    try {
      if (typeof leadId !== 'number' || !Number.isSafeInteger(leadId) || leadId < 1) {
        throw invalid([{ code: 'FieldMissing', path: 'id', detail: 'This value should be the id of a lead.' }], request);
      }
      patches.push(readLeadPatch(item, leadId, request));
    } catch (error) {
      if (!(error instanceof CompatProblem)) throw error;
      wrong.push(...error.fields);
    }
  }
  if (wrong.length > 0) throw new CompatProblem(400, 'Request validation failed', wrong);
  return patches;
}

function fieldProblem(issue: z.core.$ZodIssue): FieldProblem {
  const code = issue.code === 'too_small' ? 'TooLow' : issue.code === 'too_big' ? 'TooHigh' : 'InvalidType';
  return { code, path: issue.path.join('.'), detail: issue.message };
}
