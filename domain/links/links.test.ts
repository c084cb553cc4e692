import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findLinks } from './find-links.ts';
import { linksOf, withShortLinks } from './shorten-links.ts';

const urls = (text: string) => findLinks(text).map(({ url }) => url);
const spelled = (text: string) => findLinks(text).map(({ from, to }) => text.slice(from, to));

describe('links are found in ordinary writing', () => {
  test.each([
    ['Смотрите https://shop.example.ru/a?b=1#c.', ['https://shop.example.ru/a?b=1#c']],
    ['(см. https://shop.example.ru/a)', ['https://shop.example.ru/a']],
    ['Скобки внутри: https://ru.wikipedia.org/wiki/Ёж_(животное)!', ['https://ru.wikipedia.org/wiki/Ёж_(животное)']],
    ['«shop.example.com», и www.example.com;', ['shop.example.com', 'www.example.com']],
    ['Кириллица: пример.рф/каталог — и всё', ['пример.рф/каталог']],
    ['Знак @ в пути: https://t.me/@shop и https://a.example/?q=a:b@c', ['https://t.me/@shop', 'https://a.example/?q=a:b@c']],
    ['Два: https://a.example/1, https://a.example/2…', ['https://a.example/1', 'https://a.example/2']],
    ['https://localhost:3000/x', ['https://localhost:3000/x']],
    ['Порт http://shop.example.ru:8080/a?x=[1]', ['http://shop.example.ru:8080/a?x=[1]']],
  ])('%s', (text, expected) => expect(spelled(text)).toEqual(expected));

  test.each([
    'Пишите на anna@example.com или mailto:anna@example.com',
    'Файл README.md и main.py',
    'Приду в 10.30.Жду ответа',
    'ftp://example.com/file',
    'https://user:word@shop.example/a',
    'https://user@shop.example',
    'https://shop.example.ru:443@elsewhere.example/',
    'tg://resolve?domain=shop_bot&start=x',
    'javascript:alert(1)',
    '192.168.0.1',
    'и т.д. и т.п.',
  ])('nothing in: %s', (text) => expect(urls(text)).toEqual([]));

  test('an address of letters outside ASCII leads where a browser would go', () => {
    expect(urls('пример.рф/чай')).toEqual(['http://xn--e1afmkfd.xn--p1ai/%D1%87%D0%B0%D0%B9']);
  });

  test('links that are short already are left alone', () => {
    expect(findLinks('https://go.example/s/abc https://go.example/a', ['https://go.example/s/']).map(({ url }) => url)).toEqual([
      'https://go.example/a',
    ]);
  });
});

describe('a message goes out with short links', () => {
  const message = {
    text: 'Каталог: https://shop.example.ru/a, пишите anna@shop.example.ru',
    buttons: [
      { type: 'url' as const, label: 'Сайт', url: 'https://shop.example.ru/b' },
      { type: 'reply' as const, label: 'Да', key: 'k' },
      { type: 'url' as const, label: 'Приложение', url: 'tg://resolve?domain=x' },
    ],
  };
  const short = new Map([
    ['https://shop.example.ru/a', 'https://go.example/s/one'],
    ['https://shop.example.ru/b', 'https://go.example/s/two'],
  ]);

  test('in its text and behind its buttons, once each', () => {
    expect(linksOf({ ...message, text: `${message.text} https://shop.example.ru/b` })).toEqual([...short.keys()]);
    expect(withShortLinks(message, (url) => short.get(url))).toEqual({
      text: 'Каталог: https://go.example/s/one, пишите anna@shop.example.ru',
      buttons: [{ type: 'url', label: 'Сайт', url: 'https://go.example/s/two' }, message.buttons[1], message.buttons[2]],
    });
    expect(message.text).toContain('https://shop.example.ru/a');
  });
});

const word = fc.constantFrom('чай', 'Tea,', 'и', 'anna@example.com', '(да)', '😀', '10.30', 'e.g.', '\n', 'README.md');
const link = fc.constantFrom(
  'https://a.example/1',
  'https://b.example.ru/пу?x=1',
  'пример.рф',
  'www.example.com/z',
  'http://c.example:81/',
);
const text = fc.array(fc.oneof(word, link), { maxLength: 12 }).map((words) => words.join(' '));

test('nothing but links changes, and what went out has none left to shorten', () => {
  const own = ['https://go.example/s/'];
  fc.assert(
    fc.property(text, (body) => {
      const wanted = linksOf({ text: body, buttons: [] }, own);
      const codes = new Map(wanted.map((url, index) => [url, `https://go.example/s/c${index}`]));
      const sent = withShortLinks({ text: body, buttons: [] }, (url) => codes.get(url));
      expect(linksOf(sent, own)).toEqual([]);
      // Put back, it is the text that was written.
      let back = '';
      let from = 0;
      const written = findLinks(body);
      for (const [index, at] of findLinks(sent.text).entries()) {
        back += sent.text.slice(from, at.from) + body.slice(written[index]!.from, written[index]!.to);
        from = at.to;
      }
      expect(back + sent.text.slice(from)).toBe(body);
      expect(withShortLinks(sent, (url) => codes.get(url)).text).toBe(sent.text);
    }),
  );
});

test('any text at all is read without an error, and without a link it is sent as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (body) => {
      expect(withShortLinks({ text: body, buttons: [] }, () => undefined).text).toBe(body);
    }),
  );
});
