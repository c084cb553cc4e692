import { expect, test } from 'vitest';
import { parse } from '../scenario/parse.ts';
import { messagesWithLinks, withShorten } from './bot-messages.ts';

const steps = {
  0: {
    question: [
      {
        handler: 'send_message',
        params: { type: 'external', text: 'See https://shop.example/a', buttons: [{ type: 'inline', text: 'Yes' }] },
      },
      {
        handler: 'conditions',
        params: { logic: 'and', conditions: [], result: [{ handler: 'show', params: { type: 'text', value: 'And shop.example.ru' } }] },
      },
    ],
    answer: [
      {
        handler: 'buttons',
        params: [
          {
            value: 'Yes',
            params: [
              {
                handler: 'send_message',
                params: { type: 'external', text: 'Here', buttons: [{ type: 'url', text: 'Go', url: 'https://b.example/' }] },
              },
            ],
          },
        ],
      },
    ],
  },
  1: {
    question: [
      { handler: 'send_external_message', params: { message: { type: 'external', text: 'https://c.example/', shorten_links: false } } },
    ],
  },
  2: {
    question: [
      { handler: 'show', params: { type: 'text', value: 'No links' } },
      { handler: 'action', params: { name: 'add_note', params: { text: 'https://d.example' } } },
    ],
  },
};
const sources = {
  'a map of steps': JSON.stringify(steps),
  'an export, whose steps are a text': JSON.stringify({
    model: { name: 'Bot', type: 2, text: JSON.stringify(steps), positions: '[]' },
    type_functionality: 0,
  }),
  'an export with a mark at its beginning': `\uFEFF${JSON.stringify({ model: { name: 'Bot', text: JSON.stringify(steps) } })}`,
};

test.each(Object.entries(sources))('%s: messages that lead somewhere are found wherever they stand', (_, source) => {
  expect(messagesWithLinks(source).map(({ words, urls, shorten }) => [words, urls, shorten])).toEqual([
    ['See https://shop.example/a', ['https://shop.example/a'], undefined],
    ['And shop.example.ru', ['http://shop.example.ru/'], undefined],
    ['Here', ['https://b.example/'], undefined],
    ['https://c.example/', ['https://c.example/'], false],
  ]);
});

test.each(Object.entries(sources))('%s: a choice changes its message alone, and is what the bot obeys', (_, source) => {
  const [first, , third, last] = messagesWithLinks(source);
  const changed = withShorten(withShorten(withShorten(source, first!.path, false), third!.path, true), last!.path, undefined);
  expect(messagesWithLinks(changed).map(({ shorten }) => shorten)).toEqual([false, undefined, true, undefined]);
  // Back again, it is the file that it was but for the choice taken away.
  const back = withShorten(withShorten(withShorten(changed, first!.path, undefined), third!.path, undefined), last!.path, false);
  expect(JSON.parse(back)).toEqual(JSON.parse(source.replace('\uFEFF', '')));
  const read = parse(changed);
  expect(read.ok).toBe(true);
});

test('a place where no message stands is refused; what is no scenario has no messages', () => {
  const source = sources['a map of steps'];
  for (const path of [
    ['9', 'question'],
    ['0', 'question', 7],
    ['0', 'question', 0, 'params', 'text'],
  ])
    expect(() => withShorten(source, path, true)).toThrow(RangeError);
  for (const nothing of ['', 'null', '[]', '{', '"[1]"', `${'['.repeat(500)}${']'.repeat(500)}`])
    expect(messagesWithLinks(nothing)).toEqual([]);
});
