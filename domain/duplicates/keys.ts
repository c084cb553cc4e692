/** By what two contacts are recognised as one person. Pure: the same card gives the same keys; who shares one is a candidate. */
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';
import type { FieldValue } from '../scenario/model.ts';

export const signals = ['phone', 'email', 'messenger', 'field', 'visitor'] as const;
export type Signal = (typeof signals)[number];

/** Settings of duplicate control. */
export interface DuplicateRules {
  /** Off: nothing is looked for, nothing is shown, nothing is merged by itself. */
  enabled: boolean;
  /** What is compared; `fieldId`: a field of contacts, null for none. */
  by: { phone: boolean; email: boolean; messenger: boolean; visitor: boolean; fieldId: number | null };
  /** Which agreement merges two contacts without anybody's hand. */
  automatic: Record<Signal, boolean>;
}

export const defaultDuplicateRules: DuplicateRules = {
  enabled: true,
  by: { phone: true, email: true, messenger: true, visitor: true, fieldId: null },
  automatic: { phone: false, email: false, messenger: false, field: false, visitor: false },
};

export interface Key {
  signal: Signal;
  value: string;
}

export interface KeySource {
  /** Values by field id. */
  fields: Record<string, FieldValue[]>;
  identities: { channelType: string; externalUserId: string; username: string | null }[];
  visitorIds: string[];
}

/** What the account's fields mean. `country`: where numbers without a country code belong. */
export interface KeyContext {
  phoneFieldIds: number[];
  emailFieldIds: number[];
  country?: CountryCode | undefined;
}

/** Messengers in which one person has one id in every bot, group or number that we connect. Elsewhere ids are the channel's own. */
const personalIds = new Set(['telegram', 'vk', 'max']);
/** A phone is the id there. */
const phoneIds = new Set(['whatsapp']);

/** The keys of a card that the rules compare, each once. */
export function keysOf(card: KeySource, rules: DuplicateRules, context: KeyContext): Key[] {
  const { by } = rules;
  const keys: Key[] = [];
  const add = (signal: Signal, value: string | undefined) => {
    if (value !== undefined && !keys.some((key) => key.signal === signal && key.value === value)) keys.push({ signal, value });
  };
  const texts = (ids: number[]) => ids.flatMap((id) => (card.fields[id] ?? []).map(({ value }) => String(value)));
  if (by.phone) {
    for (const text of texts(context.phoneFieldIds)) add('phone', phoneKey(text, context.country));
    for (const one of card.identities) if (phoneIds.has(one.channelType)) add('phone', phoneKey(`+${one.externalUserId}`));
  }
  if (by.email) for (const text of texts(context.emailFieldIds)) add('email', emailKey(text));
  if (by.messenger) {
    for (const { channelType, externalUserId, username } of card.identities) {
      if (!personalIds.has(channelType)) continue;
      add('messenger', `${channelType}#${externalUserId}`);
      if (username !== null && username !== '') add('messenger', `${channelType}@${username.replace(/^@/, '').toLowerCase()}`);
    }
  }
  if (by.fieldId !== null) for (const text of texts([by.fieldId])) add('field', fieldKey(text));
  if (by.visitor) for (const id of card.visitorIds) add('visitor', id);
  return keys;
}

/** E.164, however the number is written; undefined for what is no possible number. */
export function phoneKey(text: string, country?: CountryCode): string | undefined {
  const given = parsePhoneNumberFromString(text, country);
  if (given?.isPossible() === true && (country === undefined || given.isValid())) return given.number;
  // Messengers give the country code without its plus.
  const digits = text.replace(/\D/g, '');
  const international = digits.length < 10 ? undefined : parsePhoneNumberFromString(`+${digits}`);
  return international?.isPossible() === true ? international.number : given?.isPossible() === true ? given.number : undefined;
}

/** Lower case; undefined for what is no address. */
export function emailKey(text: string): string | undefined {
  const address = text.trim().toLowerCase();
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address) && address.length <= 320 ? address : undefined;
}

/** One or two characters say nothing about a person; long texts are compared by their beginning. */
function fieldKey(text: string): string | undefined {
  const value = text.trim().toLowerCase().replace(/\s+/g, ' ').slice(0, 200);
  return value.length < 3 ? undefined : value;
}

/** Whether what two contacts share is enough to merge them by rule. */
export function mergesByItself(rules: DuplicateRules, reasons: readonly Key[]): boolean {
  return rules.enabled && reasons.some(({ signal }) => rules.automatic[signal]);
}
