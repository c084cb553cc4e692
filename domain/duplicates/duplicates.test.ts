import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultDuplicateRules, type KeySource, keysOf, mergesByItself, phoneKey } from './keys.ts';
import { type Card, mergedCard, olderFirst, runsToEnd } from './merge-card.ts';

const context = { phoneFieldIds: [1], emailFieldIds: [2], country: 'RU' as const };
const nobody: KeySource = { fields: {}, identities: [], visitorIds: [] };
const card = (change: Partial<Card>): Card => ({
  id: 1,
  name: 'Anna',
  firstName: 'Anna',
  lastName: '',
  responsibleUserId: null,
  participantIds: [],
  companyId: null,
  tagIds: [],
  fields: {},
  blockedAt: null,
  blockedBy: null,
  polledAt: null,
  createdAt: 100,
  ...change,
});

describe('who may be one person', () => {
  test.each(['+7 912 345-67-89', '8 (912) 345 67 89', '79123456789', '9123456789'])('the phone %s is the same number', (text) => {
    expect(phoneKey(text, 'RU')).toBe('+79123456789');
  });

  test('what is no phone compares nothing', () => {
    expect(['', 'ask Oleg', '12', '000'].map((text) => phoneKey(text, 'RU'))).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('phones, e-mails, one messenger in two channels, a visitor', () => {
    const keys = keysOf(
      {
        fields: { 1: [{ value: '8 912 345 67 89' }], 2: [{ value: ' Anna@Shop.RU ' }], 3: [{ value: 'Client  17' }] },
        identities: [
          { channelType: 'telegram', externalUserId: '42', username: 'Anna' },
          { channelType: 'telegram', externalUserId: '42', username: '@anna' },
          { channelType: 'viber', externalUserId: 'x', username: null },
          { channelType: 'whatsapp', externalUserId: '79123456789', username: null },
        ],
        visitorIds: ['v1'],
      },
      { ...defaultDuplicateRules, by: { ...defaultDuplicateRules.by, fieldId: 3 } },
      context,
    );
    expect(keys.map(({ signal, value }) => `${signal} ${value}`)).toEqual([
      'phone +79123456789',
      'email anna@shop.ru',
      'messenger telegram#42',
      'messenger telegram@anna',
      'field client 17',
      'visitor v1',
    ]);
  });

  test('what is switched off is not compared', () => {
    const by = { phone: false, email: false, messenger: false, visitor: false, fieldId: null };
    const full = { ...nobody, fields: { 1: [{ value: '89123456789' }] }, visitorIds: ['v1'] };
    expect(keysOf(full, { ...defaultDuplicateRules, by }, context)).toEqual([]);
  });

  test('only agreement in what the rule names merges by itself, and nothing does while control is off', () => {
    const rules = { ...defaultDuplicateRules, automatic: { ...defaultDuplicateRules.automatic, phone: true } };
    expect(mergesByItself(rules, [{ signal: 'phone', value: '+7' }])).toBe(true);
    expect(mergesByItself(rules, [{ signal: 'email', value: 'a@b.c' }])).toBe(false);
    expect(mergesByItself({ ...rules, enabled: false }, [{ signal: 'phone', value: '+7' }])).toBe(false);
  });
});

describe('the card that stays', () => {
  const isMultiple = (id: string) => id === '1';

  test('keeps its own values, takes what it lacks, and both phones', () => {
    const into = card({ fields: { 1: [{ value: '+79123456789' }], 3: [{ value: 'Kazan' }] }, tagIds: [1, 2], responsibleUserId: 7 });
    const from = card({
      id: 2,
      name: 'Anna P.',
      fields: { 1: [{ value: '8 912 345 67 89' }, { value: '+79990000000' }], 3: [{ value: 'Moscow' }], 4: [{ value: 'red' }] },
      tagIds: [2, 3],
      responsibleUserId: 8,
      participantIds: [9],
      blockedAt: 5,
      blockedBy: 9,
      polledAt: 50,
    });
    expect(mergedCard(into, from, isMultiple)).toEqual(
      card({
        fields: { 1: [{ value: '+79123456789' }, { value: '+79990000000' }], 3: [{ value: 'Kazan' }], 4: [{ value: 'red' }] },
        tagIds: [1, 2, 3],
        responsibleUserId: 7,
        participantIds: [9, 8],
        blockedAt: 5,
        blockedBy: 9,
        polledAt: 50,
      }),
    );
  });

  test('a choice decides single values, the name and who answers', () => {
    const merged = mergedCard(
      card({ name: 'A', fields: { 3: [{ value: 'Kazan' }] }, responsibleUserId: 7 }),
      card({ id: 2, name: 'B', fields: { 3: [{ value: 'Moscow' }] }, responsibleUserId: 8 }),
      isMultiple,
      { name: 'from', responsible: 'from', fields: { 3: 'from' } },
    );
    expect([merged.name, merged.responsibleUserId, merged.participantIds, merged.fields[3]]).toEqual(['B', 8, [7], [{ value: 'Moscow' }]]);
  });

  test('the older one stays', () => {
    expect(olderFirst(card({ id: 5, createdAt: 9 }), card({ id: 6, createdAt: 3 })).map(({ id }) => id)).toEqual([6, 5]);
  });

  const values = fc.array(fc.record({ value: fc.string({ minLength: 1, maxLength: 12 }) }), { maxLength: 4 });
  const cards = fc
    .record({
      one: values,
      many: values,
      tagIds: fc.array(fc.nat(9)),
      responsible: fc.option(fc.nat(5)),
      participants: fc.array(fc.nat(5)),
    })
    .map(({ one, many, tagIds, responsible, participants }) =>
      card({ fields: { 1: many, 3: one }, tagIds, responsibleUserId: responsible, participantIds: participants }),
    );

  test('no tag, no several values and nobody who took part is lost', () => {
    fc.assert(
      fc.property(cards, cards, (a, b) => {
        const merged = mergedCard(a, { ...b, id: 2 }, isMultiple);
        const people = [merged.responsibleUserId, ...merged.participantIds];
        for (const from of [a, b]) {
          for (const tag of from.tagIds) expect(merged.tagIds).toContain(tag);
          for (const person of [from.responsibleUserId, ...from.participantIds]) if (person !== null) expect(people).toContain(person);
          const kept = (merged.fields[1] ?? []).map(({ value }) => String(value).trim().toLowerCase());
          const isPlain = (text: string) => !/^[+\d\s()-]{7,}$/.test(text);
          for (const { value } of from.fields[1] ?? []) {
            const text = String(value).trim();
            if (isPlain(text)) expect(kept).toContain(text.toLowerCase());
          }
        }
        expect(merged.id).toBe(a.id);
        // Merging a card with its own copy changes nothing.
        expect(mergedCard(merged, { ...merged, id: 2 }, isMultiple)).toEqual(merged);
      }),
    );
  });
});

test('of running runs of one bot the latest goes on; polls stand beside one another', () => {
  const run = (id: string, botId: number, createdAt: number, isPoll = false) => ({ id, botId, createdAt, isPoll });
  expect(runsToEnd([run('a', 1, 1), run('b', 1, 2), run('c', 2, 1), run('p', 1, 3, true), run('q', 1, 4, true)])).toEqual(['a']);
});
