import { LinkifyIt } from 'linkify-it';

/** A web link of a text: where it stands (UTF-16 units, `to` excluded), and where it leads. */
export interface FoundLink {
  from: number;
  to: number;
  /** Absolute, in ASCII: what a browser would ask for. */
  url: string;
}

/**
 * Endings by which an address without `http://` counts as one. A list of its own: with every ending of the world `README.md` or `main.py` would be
 * links. An address with a scheme needs no known ending.
 */
const BARE_ENDINGS = [
  ...['ru', 'su', 'by', 'kz', 'ua', 'uz', 'am', 'ge', 'az', 'kg', 'tj', 'eu', 'de', 'fr', 'it', 'es', 'uk', 'us', 'tr', 'cn', 'ae'],
  ...[
    'com',
    'net',
    'org',
    'info',
    'biz',
    'pro',
    'online',
    'shop',
    'store',
    'site',
    'club',
    'app',
    'dev',
    'io',
    'ai',
    'me',
    'tv',
    'moscow',
    'tech',
  ],
  ...['рф', 'рус', 'москва', 'онлайн', 'сайт', 'дети', 'орг', 'ком', 'бел', 'қаз', 'укр'],
];

/** Longer ones travel as they are: no server of ours would take them back. */
const LONGEST_URL = 4096;

const finder = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: false }).tlds(BARE_ENDINGS).add('ftp:', null).add('//', null);

/** Behind what looked like an address: it was the name and the word before a host (`https://user:word@host/`), and no address by itself. */
const BEFORE_HOST = /^(?::[^\s/@]*)?@[^\s/]/;

/**
 * Web links of a Russian or English text, in their order: with a scheme, with `www.`, or bare (`shop.example.ru/a`, `пример.рф`). Punctuation that
 * closes a sentence is no part of them; what stands inside an e-mail address is none, nor is an
 * address with a name and a password in it, which are for nobody to pass on. Links that lead to one of `own` (beginnings of addresses) are
 * left out: they are short already.
 */
export function findLinks(text: string, own: readonly string[] = []): FoundLink[] {
  if (!text.includes('.') && !text.includes('://')) return [];
  return (finder.match(text) ?? []).flatMap(({ schema, index, lastIndex, url }): FoundLink[] => {
    if (schema === 'mailto:' || BEFORE_HOST.test(text.slice(lastIndex, lastIndex + LONGEST_URL))) return [];
    const target = webAddress(url);
    if (target === undefined || own.some((beginning) => target.startsWith(beginning))) return [];
    return [{ from: index, to: lastIndex, url: target }];
  });
}

/** An absolute http(s) address in its one written form; undefined for everything else. */
export function webAddress(address: string): string | undefined {
  if (address.length > LONGEST_URL || !URL.canParse(address)) return undefined;
  const { protocol, href } = new URL(address);
  return (protocol === 'http:' || protocol === 'https:') && href.length <= LONGEST_URL ? href : undefined;
}
