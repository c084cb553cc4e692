import { calculate } from '../arithmetic.ts';
import { numberIn } from '../handlers/comparison.ts';
import type { HandlerContext } from '../handlers/handler.ts';
import type { Command, EntityKind, FieldValue, RunView } from '../model.ts';
import { fieldReference, fieldValues, isChecked, onlyPlaceholder } from '../placeholders.ts';
import { entity, flag, list, type Tree, text, whole } from '../read.ts';
import { type Action, present, texts } from './action.ts';

type SetField = Extract<Command, { type: 'setField' }>;
interface Target {
  entity: SetField['entity'];
  field: SetField['field'];
}

/**
 * Writes a field. The field is named by id (`custom_fields_id` with `type`) or as a placeholder (`custom_field`: `{{lead.price}}`,
 * `{{contact.name}}`, `{{cf.talk.nps}}`, `{{cf.talk.nps_comment}}`, `{{lead.cf.111}}`). A value `{{lead.cf.111.222}}` means enum 222.
 */
export const setCustomFields: Action = (params, report) => {
  const target = readTarget(params);
  if (target === undefined) {
    report('warning', 'missing_id', params.custom_field === undefined ? 'custom_fields_id' : 'custom_field');
    return undefined;
  }
  return writer(target, params);
};

/** The lead's price; arithmetic is always worked out. */
export const setBudget: Action = (params, report) => {
  if (text(params.value) === undefined) {
    report('warning', 'missing_text', 'value');
    return undefined;
  }
  return writer({ entity: 'lead', field: { type: 'own', name: 'price' } }, { ...params, calculated: true });
};

function writer(target: Target, params: Tree): (context: HandlerContext) => void {
  const sources = list(params.value) === undefined ? [plain(params.value)] : texts(params.value);
  const code = text(params.enum);
  const calculated = flag(params.calculated);
  return (context) => {
    if (target.entity !== 'talk' && !present(target.entity, context)) return;
    if (target.entity === 'talk' && context.view.talk === undefined) return context.note('skippedNoEntity', { entity: 'talk' });
    if (!isKnown(target, context.view))
      return context.note('skippedUnknownId', { id: target.field.type === 'custom' ? target.field.id : 0 });
    const values = sources.flatMap((source) => valuesOf(source, target, calculated, context));
    if (values.length === 0) return context.note('skippedNoValue');
    if (code !== undefined && code !== '') for (const value of values) value.code = code;
    context.emit({ type: 'setField', ...target, values, mode: params.option === 'add' ? 'add' : 'set' });
    context.note('changed', {
      entity: target.entity,
      field: target.field.type === 'custom' ? target.field.id : target.field.type === 'own' ? target.field.name : target.field.type,
    });
  };
}

/** False for a field of another account, which the import could not map. */
function isKnown({ entity: kind, field }: Target, { knownFields }: RunView): boolean {
  if (field.type !== 'custom' || knownFields === undefined) return true;
  return knownFields.some((known) => known.id === field.id && known.entity === kind);
}

/** Numbers are wanted by formulas, prices and rates; what is none is not written. */
function valuesOf(source: string, target: Target, calculated: boolean, context: HandlerContext): FieldValue[] {
  const name = onlyPlaceholder(source);
  const reference = name === undefined ? undefined : fieldReference(name);
  if (reference !== undefined && target.field.type === 'custom' && !calculated) {
    const values = fieldValues(reference, context.view);
    if (reference.enumId !== undefined) {
      const chosen = values.find((value) => value.enumId === reference.enumId);
      return [{ value: chosen?.value ?? '', enumId: reference.enumId }];
    }
    if (reference.isChecked) return [{ value: isChecked(values) }];
    return values.map((value) => ({ ...value }));
  }
  const filled = context.fill(source);
  if (calculated) {
    const result = calculate(filled);
    return result === undefined ? [] : [{ value: result }];
  }
  if (target.field.type === 'rate' || (target.field.type === 'own' && target.field.name === 'price')) {
    const number = numberIn(filled);
    return number === undefined ? [] : [{ value: number }];
  }
  if (target.field.type === 'own') return filled.trim() === '' ? [] : [{ value: filled.trim() }];
  return [{ value: filled }];
}

function readTarget(params: Tree): Target | undefined {
  const kind: EntityKind = entity(params.type) ?? entity(params.element_type) ?? 'lead';
  const id = whole(params.custom_fields_id) ?? whole(params.custom_field);
  if (id !== undefined) return { entity: kind, field: { type: 'custom', id } };
  const source = text(params.custom_field) ?? text(params.custom_fields_id);
  const name = source === undefined ? undefined : (onlyPlaceholder(source) ?? source.trim());
  switch (name) {
    case undefined:
      return undefined;
    case 'lead.price':
      return { entity: 'lead', field: { type: 'own', name: 'price' } };
    case 'lead.name':
    case 'contact.name':
    case 'company.name':
      return { entity: name.slice(0, -'.name'.length) as EntityKind, field: { type: 'own', name: 'name' } };
    case 'name':
      return { entity: 'contact', field: { type: 'own', name: 'name' } };
    case 'cf.talk.nps':
    case 'talk.cf.nps':
      return { entity: 'talk', field: { type: 'rate' } };
    case 'cf.talk.nps_comment':
    case 'talk.cf.nps_comment':
      return { entity: 'talk', field: { type: 'comment' } };
  }
  const reference = fieldReference(name);
  return reference === undefined ? undefined : { entity: reference.entity, field: { type: 'custom', id: reference.id } };
}

function plain(value: unknown): string {
  return typeof value === 'boolean' ? (value ? '1' : '0') : (text(value) ?? '');
}
