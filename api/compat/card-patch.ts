import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { FieldValues } from '../../db/schema/people.ts';
import type { EntityRow } from '../../db/stores/compat-people.ts';
import { listFields, tagNames } from '../../db/stores/fields.ts';
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
const tags = z.array(z.object({ id: id.optional(), name: z.string().min(1).max(255).optional() })).nullish();
const card = {
  id,
  request_id: z.union([z.string(), z.number()]).optional(),
  name: name.min(1).optional(),
  responsible_user_id: id.nullable().optional(),
  custom_fields_values: fieldsShape.nullish(),
  /** All tags; null takes them away. */
  _embedded: z.object({ tags }).optional(),
  tags_to_add: tags,
  tags_to_delete: tags,
};
/** The vendor's programs also send what this system has no data for (`loss_reason_id`, `updated_by`…): that is passed over, as the vendor passes over it. */
const cardShape = z.object(card);
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

/** How one kind of card is changed. */
export interface PatchedKind<Own extends Given, Row extends EntityRow> {
  entity: 'lead' | 'contact';
  /** In addresses and envelopes. */
  plural: string;
  title: string;
  shape: z.ZodType<Own>;
  find(actor: CompatActor, ids: number[]): Promise<Row[]>;
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
    const tagIds = requests.flatMap((given) => tagsIn(given).flatMap(({ id }) => id ?? []));
    const tagged = new Map((await tagNames(sql, actor.accountId, tagIds, kind.entity)).map((tag) => [tag.id, tag.name]));
    const changes = checkedAll(
      found,
      ({ given, row }): Checked<{ given: Own; tags: string[] | undefined; fields: FieldValues | undefined }> => {
        const { fields, problems } = readFields(given.custom_fields_values ?? [], known);
        const tags = readTags(given, row, tagged, problems);
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

type GivenTag = NonNullable<Given['tags_to_add']>[number];
const tagsIn = ({ _embedded, tags_to_add, tags_to_delete }: Given): GivenTag[] =>
  [_embedded?.tags, tags_to_add, tags_to_delete].flatMap((list) => list ?? []);

/** All tags of the card after the request, by name; undefined where the request says nothing of tags. */
function readTags(given: Given, row: EntityRow, known: Map<number, string>, problems: FieldProblem[]): string[] | undefined {
  const { _embedded: embedded, tags_to_add: added, tags_to_delete: deleted } = given;
  if (embedded?.tags === undefined && added === undefined && deleted === undefined) return undefined;
  const named = (list: GivenTag[] | null | undefined, path: string) =>
    (list ?? []).flatMap(({ id, name }, index) => {
      const tag = name ?? (id === undefined ? undefined : known.get(id));
      if (tag !== undefined) return tag;
      problems.push(
        id === undefined
          ? { code: 'FieldMissing', path: `${path}.${index}.name`, detail: 'Name the tag by its name or id.' }
          : { code: 'NotSupportedChoice', path: `${path}.${index}.id`, detail: `There is no such tag: ${id}.` },
      );
      return [];
    });
  const base = embedded?.tags === undefined ? row.tags.map(({ name }) => name) : named(embedded.tags, '_embedded.tags');
  const gone = new Set(named(deleted, 'tags_to_delete').map((name) => name.toLowerCase()));
  return [...new Set([...base, ...named(added, 'tags_to_add')])].filter((name) => !gone.has(name.toLowerCase()));
}

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
