import { isDeepStrictEqual } from 'node:util';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { FieldValues } from '../../db/schema/people.ts';
import type { EntityRow } from '../../db/stores/compat-people.ts';
import { type FieldRow, listFields, tagNames } from '../../db/stores/fields.ts';
import type { LeadChange } from '../contract/leads.ts';
import { ApiError } from '../errors.ts';
import { editable, mayWrite } from './access.ts';
import { isRecord, itemAnswer, readBody, seconds, selfLink } from './answer.ts';
import { fieldsShape, readFields } from './field-values.ts';
import type { CompatActor, CompatDeps, CompatEnv } from './model.ts';
import { CompatProblem, type FieldProblem, invalid, notFound } from './problem.ts';
import { pathId } from './query.ts';

const MOST = 250;
const id = z.number().int().positive();
const name = z.string().trim().max(255);
const card = {
  id,
  request_id: z.union([z.string(), z.number()]).optional(),
  name: name.min(1).optional(),
  responsible_user_id: id.nullable().optional(),
  custom_fields_values: fieldsShape.nullish(),
  _embedded: z
    .looseObject({ tags: z.array(z.object({ id: id.optional(), name: z.string().min(1).max(255).optional() })).nullish() })
    .optional(),
  /** Taken and without effect: the answer tells when the card was changed. */
  updated_at: z.unknown().optional(),
};
const cardShape = z.looseObject(card);
/** A request as it came, read. */
type Given = z.output<typeof cardShape>;
/** What a PATCH of a lead may name. */
export const leadShape = cardShape.extend({
  price: z.number().int().min(0).optional(),
  status_id: id.optional(),
  pipeline_id: id.optional(),
});
/** What a PATCH of a contact may name. */
export const contactShape = cardShape.extend({ first_name: name.optional(), last_name: name.optional() });

/** A card as the vendor's answers show it. */
export type Shown = Record<string, unknown> & { _embedded: Record<string, unknown> };

/** How one kind of card is changed. */
export interface PatchedKind<Own extends Given, Row extends EntityRow> {
  entity: 'lead' | 'contact';
  /** In addresses and envelopes. */
  plural: string;
  title: string;
  shape: z.ZodType<Own> & { shape: object };
  find(actor: CompatActor, ids: number[]): Promise<Row[]>;
  /** The card with all that an answer can hold of it. */
  show(c: Context<CompatEnv>, row: Row, fields: FieldRow[]): Shown;
  /** Changes one and returns when (epoch ms); throws ApiError. `common` is what cards of all kinds have. */
  change(actor: CompatActor, given: Own, common: CommonChange): Promise<number>;
}
type CommonChange = Pick<LeadChange, 'name' | 'responsibleId' | 'tags' | 'fields'>;

/** Our names of what a change may be refused for, in the vendor's words. */
const PATHS: Record<string, string> = { responsibleId: 'responsible_user_id', stageId: 'status_id', pipelineId: 'pipeline_id' };

/**
 * `PATCH /{plural}/{id}` with one object and `PATCH /{plural}` with a list (or one object) whose items name their card. Before anything is
 * changed a list is checked whole for its shape, rights and fields, and the errors of all its items come together; each card is then changed by
 * itself, and a refusal from there (a user or a stage that the account does not have) names the item at which the list ended.
 */
export function patchRoutes<Own extends Given, Row extends EntityRow>({ sql }: CompatDeps, kind: PatchedKind<Own, Row>): Hono<CompatEnv> {
  async function change(c: Context<CompatEnv>, items: unknown[]): Promise<object[]> {
    const actor = mayWrite(c);
    const requests = checkedAll(items, (item): Checked<Own> => {
      const { data, error } = kind.shape.safeParse(item);
      return error === undefined ? { value: data } : { problems: error.issues.flatMap(fieldProblems) };
    });
    const ids = requests.map(({ id }) => id);
    const rows = new Map((await kind.find(actor, ids)).map((row) => [row.id, row]));
    const found = requests.map((given) => ({ given, row: editable(rows.get(given.id), kind.title) }));
    const known = await listFields(sql, actor.accountId, [kind.entity]);
    const tagIds = requests.flatMap(({ _embedded }) => (_embedded?.tags ?? []).flatMap(({ id }) => id ?? []));
    const tagged = new Map((await tagNames(sql, actor.accountId, tagIds, kind.entity)).map((tag) => [tag.id, tag.name]));
    const changes = checkedAll(
      found,
      ({ given, row }): Checked<{ given: Own; tags: string[] | undefined; fields: FieldValues | undefined }> => {
        const { fields, problems } = readFields(given.custom_fields_values ?? [], known);
        problems.push(...notWritable(Object.keys(kind.shape.shape), given, kind.show(c, row, known)));
        const tags = readTags(given, tagged, problems);
        return problems.length > 0
          ? { problems }
          : { value: { given, tags, fields: given.custom_fields_values == null ? undefined : fields } };
      },
    );
    const changed: object[] = [];
    for (const [request, { given, tags, fields }] of changes.entries()) {
      const { name, responsible_user_id: responsibleId, request_id } = given;
      try {
        const at = await kind.change(actor, given, { name, responsibleId, tags, fields });
        const asked = request_id === undefined ? {} : { request_id };
        changed.push({ id: given.id, updated_at: seconds(at), ...asked, _links: selfLink(c, `${kind.plural}/${given.id}`) });
      } catch (error) {
        throw error instanceof ApiError ? refusal(error, request) : error;
      }
    }
    return changed;
  }

  return new Hono<CompatEnv>()
    .patch('/:id', async (c) => {
      const id = pathId(c.req.param('id'));
      if (id === undefined) throw notFound(kind.title);
      const body = await readBody(c);
      if (isRecord(body) && (body.id ?? id) !== id) {
        throw invalid([{ code: 'NotSupportedChoice', path: 'id', detail: 'The address names another id.' }]);
      }
      const [changed] = await change(c, [isRecord(body) ? { ...body, id } : body]);
      return itemAnswer(c, changed!);
    })
    .patch('/', async (c) => {
      const body = await readBody(c);
      const items = isRecord(body) ? [body] : body;
      if (!Array.isArray(items) || items.length === 0 || items.length > MOST) {
        throw new CompatProblem(400, `The body should be a list of 1 to ${MOST} ${kind.plural}.`);
      }
      return itemAnswer(c, { _links: selfLink(c, kind.plural), _embedded: { [kind.plural]: await change(c, items) } });
    });
}

/** What the change itself found wrong, as a wrong field of its request; any other refusal stays as it is. */
function refusal(error: ApiError, request: number): Error {
  const { fields = [] } = error.details;
  if (fields.length === 0) return error;
  return invalid(
    fields.map(({ field, message }) => ({ code: 'NotSupportedChoice', path: PATHS[field] ?? field, detail: message })),
    request,
  );
}

type Checked<Value> = { value: Value } | { problems: FieldProblem[] };

/** What `check` makes of each request of a batch; throws the problems of all of them (400). */
function checkedAll<Given, Value>(given: Given[], check: (one: Given) => Checked<Value>): Value[] {
  const values: Value[] = [];
  const wrong: CompatProblem['fields'] = [];
  for (const [request, one] of given.entries()) {
    const checked = check(one);
    if ('problems' in checked) wrong.push({ request, errors: checked.problems });
    else values.push(checked.value);
  }
  if (wrong.length > 0) throw new CompatProblem(400, 'Request validation failed', wrong);
  return values;
}

/** Tags by name, of those that are named or known by their id; undefined where the request says nothing of tags. */
function readTags({ _embedded: embedded }: Given, known: Map<number, string>, problems: FieldProblem[]): string[] | undefined {
  if (embedded?.tags === undefined) return undefined;
  return (embedded.tags ?? []).flatMap(({ id, name }, index) => {
    const tag = name ?? (id === undefined ? undefined : known.get(id));
    if (tag !== undefined) return tag;
    problems.push(
      id === undefined
        ? { code: 'FieldMissing', path: `_embedded.tags.${index}.name`, detail: 'Name the tag by its name or id.' }
        : { code: 'NotSupportedChoice', path: `_embedded.tags.${index}.id`, detail: `There is no such tag: ${id}.` },
    );
    return [];
  });
}

/**
 * What stands on the card already may be sent back, as programs do that read a card, change some of it and write it whole; another value of what
 * cannot be written is named, never passed over.
 */
function notWritable(writable: string[], given: Given, shown: Shown): FieldProblem[] {
  const { _embedded: embedded = {} } = given;
  const own = Object.keys(given).filter((key) => !writable.includes(key) && !isDeepStrictEqual(given[key] ?? null, shown[key] ?? null));
  const joined = Object.keys(embedded).filter(
    (key) => key !== 'tags' && !isDeepStrictEqual(idsIn(embedded[key]), idsIn(shown._embedded[key])),
  );
  return [...own, ...joined.map((key) => `_embedded.${key}`)].map((path) => ({
    code: 'NotSupportedChoice',
    path,
    detail: 'This value cannot be changed here: leave it out.',
  }));
}

const idsIn = (list: unknown) => (Array.isArray(list) ? list.map((item: unknown) => (isRecord(item) ? item.id : item)) : []);

function fieldProblems(issue: z.core.$ZodIssue): FieldProblem[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      code: 'NotSupportedChoice',
      path: `${path}.${key}`,
      detail: 'There is no such value here: leave it out.',
    }));
  }
  const isMissing = issue.code === 'invalid_type' && issue.input === undefined;
  const code = isMissing ? 'FieldMissing' : issue.code === 'too_small' ? 'TooLow' : issue.code === 'too_big' ? 'TooHigh' : 'InvalidType';
  return [{ code, path, detail: issue.message }];
}
