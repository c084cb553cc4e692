/** `{{…}}` in texts and terms. Values are put in once: what a client writes is never read as a placeholder itself. */
import { emailIn, phoneIn } from './contacts-in-text.ts';
import type { EntityView, FieldValue, RunView } from './model.ts';
import { pattern, type SearchBudget } from './patterns.ts';

export interface PlaceholderSource {
  view: RunView;
  /** The turn's instant (ms), for `{{current_date}}`. */
  at: number;
  /** Values kept by the run: `last_validation_result`, `json.<key>`, `founded_id`… */
  variables: Record<string, string>;
  budget: SearchBudget;
}

/** A custom field as a term names it: `{{lead.cf.111}}`, `.222` its enum, `.is_checked` the box. */
export interface FieldReference {
  entity: 'contact' | 'lead' | 'company';
  id: number;
  enumId?: number;
  isChecked: boolean;
}

/** No message or field is longer: texts that put a long text into themselves stop growing here (UTF-16 units). */
const LONGEST_FILLED = 32_000;

/** Puts values in place of all placeholders; an unknown one becomes empty. Beyond 32,000 characters the rest is left out. */
export function fill(text: string, source: PlaceholderSource): string {
  let out = '';
  let from = 0;
  for (;;) {
    const open = text.indexOf('{{', from);
    const close = open < 0 ? -1 : closing(text, open + 2);
    if (close < 0 || out.length > LONGEST_FILLED) return cut(out + text.slice(from));
    out += text.slice(from, open) + placeholderValue(text.slice(open + 2, close), source);
    from = close + 2;
  }
}

/** Never between the two halves of a character. */
function cut(text: string): string {
  return text.length <= LONGEST_FILLED ? text : text.slice(0, LONGEST_FILLED).replace(/[\uD800-\uDBFF]$/, '');
}

/** The name inside when the whole text is one placeholder; undefined otherwise. */
export function onlyPlaceholder(text: string): string | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{{')) return undefined;
  return closing(trimmed, 2) === trimmed.length - 2 ? trimmed.slice(2, -2).trim() : undefined;
}

/** Reads `lead.cf.111`, `contact.cf.111.222`, `company.cf.111.is_checked`. */
export function fieldReference(name: string): FieldReference | undefined {
  const match = /^(contact|lead|company)\.(?:cf|custom_fields)\.(\d{1,15})(?:\.(\d{1,15}|is_checked))?$/.exec(name);
  if (match === null) return undefined;
  const [, entity, id, last] = match;
  return {
    entity: entity as FieldReference['entity'],
    id: Number(id),
    isChecked: last === 'is_checked',
    ...(last === undefined || last === 'is_checked' ? {} : { enumId: Number(last) }),
  };
}

/** The stored values of a referenced field; empty where the entity or the field is missing. */
export function fieldValues(reference: FieldReference, view: RunView): FieldValue[] {
  return view[reference.entity]?.fields[reference.id] ?? [];
}

/** True for a set check box or any chosen value. */
export function isChecked(values: FieldValue[]): boolean {
  return values.some(({ value }) => value !== false && value !== '' && value !== 0 && value !== '0');
}

/** Where a placeholder ends; a pattern inside `{{regexp./…/}}` may hold braces itself. */
function closing(text: string, from: number): number {
  if (!text.startsWith('regexp.', from)) return text.indexOf('}}', from);
  const end = /\/[A-Za-z]*\}\}/g;
  end.lastIndex = from + 'regexp./'.length;
  const match = end.exec(text);
  return match === null ? text.indexOf('}}', from) : match.index + match[0].length - 2;
}

function placeholderValue(inside: string, source: PlaceholderSource): string {
  const name = inside.trim();
  const { view, variables } = source;
  if (name.startsWith('regexp.')) return firstGroup(name.slice('regexp.'.length), source);
  const reference = fieldReference(name);
  if (reference !== undefined) return fieldText(reference, view);
  switch (name) {
    case 'message_text':
      return messageText(source);
    case 'message_text.email':
      return emailIn(messageText(source)) ?? '';
    case 'message_text.phone':
      return phoneIn(messageText(source)) ?? '';
    case 'name':
      return view.contact?.name ?? '';
    case 'origin':
    case 'messenger':
    case 'chat.origin':
      return view.chat?.origin ?? '';
    case 'chat.profile_id':
    case 'profile_id':
      return view.chat?.profileId ?? '';
    case 'visitor_uid':
    case 'session_id':
      return view.chat?.visitorUid ?? '';
    case 'talk.id':
      return String(view.talk?.number ?? '');
    case 'talk.status':
      return view.talk?.status ?? '';
    case 'cf.talk.nps':
    case 'talk.cf.nps':
      return String(view.talk?.rate ?? '');
    case 'current_date':
      return dateIn(view.timeZone, source.at);
    case 'rand':
      return randomText(view.seed, name, 16);
    case 'short_rand':
      return randomText(view.seed, name, 6);
    case 'short_rand_num':
      return String(1111 + (hash(`${view.seed}/${name}`) % (9999 - 1111 + 1)));
    default:
      return entityValue(name, view) ?? (Object.hasOwn(variables, name) ? variables[name]! : '');
  }
}

/** The client's message in hand. A run that was woken by a timer keeps the last one among its variables. */
export function messageText({ view, variables }: Pick<PlaceholderSource, 'view' | 'variables'>): string {
  return view.message?.text ?? variables.message_text ?? '';
}

function entityValue(name: string, view: RunView): string | undefined {
  const dot = name.indexOf('.');
  const kind = name.slice(0, dot);
  if (dot < 0 || (kind !== 'contact' && kind !== 'lead' && kind !== 'company')) return undefined;
  const entity: EntityView | undefined = view[kind];
  if (entity === undefined) return undefined;
  const property = name.slice(dot + 1);
  switch (property) {
    case 'id':
    case 'name':
      return String(entity[property]);
    case 'tags':
      return entity.tags.join(', ');
    case 'responsible_user_id':
    case 'responsible.id':
      return String(entity.responsible?.id ?? '');
    case 'responsible.name':
    case 'responsible.email':
      return entity.responsible?.[property === 'responsible.name' ? 'name' : 'email'] ?? '';
  }
  if (kind === 'contact') {
    const contact = view.contact!;
    switch (property) {
      case 'first_name':
        return contact.firstName || contact.name.trim().split(/\s+/)[0] || '';
      case 'last_name':
        return contact.lastName ?? '';
      case 'phone':
      case 'email':
        return contact[property] ?? '';
    }
  }
  if (kind === 'lead') {
    const lead = view.lead!;
    switch (property) {
      case 'price':
        return String(lead.price);
      case 'status_id':
        return String(lead.statusId);
      case 'pipeline_id':
        return String(lead.pipelineId);
      case 'source_id':
        return String(lead.sourceId ?? '');
    }
  }
  return undefined;
}

function fieldText(reference: FieldReference, view: RunView): string {
  const values = fieldValues(reference, view);
  if (reference.isChecked) return isChecked(values) ? '1' : '0';
  const wanted = reference.enumId === undefined ? values : values.filter((value) => value.enumId === reference.enumId);
  return wanted.map(({ value }) => (typeof value === 'boolean' ? (value ? '1' : '0') : String(value))).join(', ');
}

function firstGroup(delimited: string, source: PlaceholderSource): string {
  const compiled = pattern(delimited);
  if (typeof compiled === 'string') return '';
  const groups = compiled.match(messageText(source), source.budget);
  return groups === null ? '' : (groups[1] ?? groups[0] ?? '');
}

function dateIn(timeZone: string, at: number): string {
  try {
    return new Intl.DateTimeFormat('ru-RU', { timeZone, day: '2-digit', month: '2-digit', year: 'numeric' }).format(new Date(at));
  } catch {
    return timeZone === 'UTC' ? '' : dateIn('UTC', at); // a zone the platform does not know, or an instant out of range
  }
}

const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';

function randomText(seed: string, name: string, length: number): string {
  return Array.from({ length }, (_, index) => ALPHABET[hash(`${seed}/${name}/${index}`) % ALPHABET.length]).join('');
}

/** FNV-1a with a final mix: spreads well enough for codes a client reads, and is the same everywhere. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return (value ^ (value >>> 16)) >>> 0;
}
