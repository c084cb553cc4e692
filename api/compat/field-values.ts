import { z } from 'zod';
import type { FieldValues } from '../../db/schema/people.ts';
import type { FieldRow } from '../../db/stores/fields.ts';
import type { FieldValue } from '../../domain/scenario/model.ts';
import { misfit } from '../card-common.ts';
import type { FieldProblem } from './problem.ts';

const givenValue = z.strictObject({
  value: z.union([z.string().max(10_000), z.number(), z.boolean()]).nullish(),
  enum_id: z.number().int().nullish(),
  enum_code: z.string().max(60).nullish(),
});
type GivenValue = z.output<typeof givenValue>;

/** `custom_fields_values` of a request. A field's name and type may stand there as the vendor's answers have them; its id or code names it. */
export const fieldsShape = z.array(
  z.strictObject({
    field_id: z.number().int().nullish(),
    field_code: z.string().nullish(),
    field_name: z.string().nullish(),
    field_type: z.string().nullish(),
    values: z.array(givenValue).max(100).nullable(),
  }),
);

/**
 * Values by field id, of fields of one kind of card. `values: null`, an empty list and values that are null or empty leave the field empty.
 * Fields that the account does not have and values that do not fit are named.
 */
export function readFields(given: z.output<typeof fieldsShape>, known: FieldRow[]): { fields: FieldValues; problems: FieldProblem[] } {
  const fields: FieldValues = {};
  const problems: FieldProblem[] = [];
  for (const [index, { field_id, field_code, values }] of given.entries()) {
    const wrong = (code: FieldProblem['code'], path: string, detail: string) =>
      void problems.push({ code, path: `custom_fields_values.${index}.${path}`, detail });
    const key = field_id == null ? 'field_code' : 'field_id';
    if (field_id == null && field_code == null) {
      wrong('FieldMissing', 'field_id', 'Name the field by field_id or field_code.');
      continue;
    }
    const field = known.find(({ id, code }) => (field_id == null || id === field_id) && (field_code == null || code === field_code));
    if (field === undefined) {
      wrong('NotSupportedChoice', key, `There is no such field: ${field_id ?? field_code}.`);
      continue;
    }
    if (fields[field.id] !== undefined) wrong('NotSupportedChoice', key, `The field ${field_id ?? field_code} is named twice.`);
    const list: FieldValue[] = [];
    for (const [place, one] of (values ?? []).entries()) {
      const value = readValue(field, one);
      if (typeof value === 'string') wrong('NotSupportedChoice', `values.${place}`, `${field.name}: ${value}`);
      else if (value !== undefined) list.push(value);
    }
    fields[field.id] = list;
    const unfit = misfit(field, list);
    if (unfit !== undefined) wrong('InvalidType', 'values', `${field.name}: ${unfit}`);
  }
  return { fields, problems };
}

/** A value as it is stored; undefined where none is given, a sentence where it cannot be one of this field. */
function readValue({ type, enums }: FieldRow, { value, enum_id, enum_code }: GivenValue): FieldValue | string | undefined {
  const isEmpty = value == null || value === '';
  if (type === 'select' || type === 'multiselect') {
    if (enum_code != null) return 'its options have no codes: name one by enum_id or value';
    if (isEmpty && enum_id == null) return undefined;
    const option = enums.find((one) => (enum_id == null || one.id === enum_id) && (isEmpty || one.value === String(value)));
    return option === undefined ? 'must be one of the options of the field' : { value: option.value, enumId: option.id };
  }
  if (type === 'multitext') {
    const kind = enums.find(({ id }) => id === enum_id)?.value;
    if (enum_id != null && (kind === undefined || (enum_code ?? kind) !== kind)) return `has no kind of value with the enum_id ${enum_id}`;
    const code = enum_code ?? kind;
    return isEmpty ? undefined : { value, ...(code === undefined ? {} : { code }) };
  }
  if (enum_id != null || enum_code != null) return 'is no list: it takes neither enum_id nor enum_code';
  if (isEmpty) return undefined;
  return type === 'date' ? readDate(value) : { value };
}

/** Dates are kept in seconds; the vendor takes them as RFC 3339 as well. */
function readDate(value: FieldValue['value']): FieldValue | string {
  const seconds = typeof value === 'string' && !/^-?\d+$/.test(value) ? Math.floor(Date.parse(value) / 1000) : Number(value);
  return Number.isSafeInteger(seconds) ? { value: seconds } : 'must be seconds or a date as RFC 3339 has it';
}
